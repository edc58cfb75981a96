"""Whatever is sent to whichever address, nobody gets a fault: bodies, queries, forms and addresses with what hurts programs."""

import pytest
from django.test import Client

from . import routes
from .asking import KEY, signed_in, undone
from .bodies import body
from .routes import keys as every
from .world import made

RAW = (
    b"", b"{", b"[]", b"null", b"1", b'"text"', b"\xff\xfe", b"{" * 5000, b"[" * 5000, b'{"a": NaN}', b'{"a": 1e999}', b"\x00" * 100,
    b'{"text": "\\ud800"}', b'{"a": 1, "a": 2}', b"a=b&c=d", b"--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n",
)  # fmt: skip
KINDS = (
    "application/json",
    "text/plain",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "\x00",
)
QUERIES = {
    "lang": ("xx", "\x00", "fr" * 100, "../fr", ""), "page_size": ("0", "-1", "x", "9" * 40, "\x00"), "cursor": ("x", "\x00", "cD0=", "9" * 4000),
    "page": ("0", "-1", "x", "9" * 30), "q": ("\x00", "\ud83d", '"' * 300, "x" * 5000), "after": ("-1", "x", "9" * 40, "\x00"),
    "before": ("-1", "x", "9" * 40), "city": ("\x00", "x" * 500), "kind": ("x", "\x00"), "theme": ("\x00", "x" * 500), "target": ("\x00",),
    "country": ("\x00", "xx"), "signed": ("x", "\x00"), "state": ("\x00",), "language": ("\x00", "xx"), "network": ("\x00",), "expand": ("\x00",),
    "place": ("x", "9" * 40, "\x00"), "reply_to": ("x", "9" * 40), "hash": ("\x00", "x" * 500), "beside": ("\x00", "xx"),
}  # fmt: skip


pytestmark = pytest.mark.django_db


@pytest.fixture
def everything():
    """One world for a whole test: nothing that is asked is kept."""
    world = made()
    return world, signed_in(world)


WRITES = [key for key in every() if not key.startswith("GET") and " api/v1/" in key and "[" not in key]


def test_no_raw_body_is_a_fault_of_the_api(everything):
    """What each field may not be is asked in tests/api/test_bad_input.py; here it is no body at all."""
    world, _cookies = everything
    client = Client(raise_request_exception=False, headers={"authorization": f"Bearer {world.tokens['official_a']}"})
    wrong = []
    for key in WRITES:
        method, pattern, which = KEY.fullmatch(key).groups()
        address = routes.address(pattern, which or "", world)
        for raw, kind in [(raw, KINDS[0]) for raw in RAW] + [(RAW[-1], kind) for kind in KINDS]:
            with undone():
                answer = client.generic(method, address, raw, content_type=kind)
            is_problem = answer["Content-Type"] == "application/problem+json" if answer.status_code >= 400 else True
            if answer.status_code >= 500 or not is_problem:
                wrong.append(f"{key} {raw[:20]!r} as {kind}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


READS = [key for key in every() if key.startswith("GET ") and not key.startswith("GET admin/") and "[" not in key]


def test_no_question_is_a_fault(everything):
    world, cookies = everything
    wrong = []
    for key in READS:
        _method, pattern, which = KEY.fullmatch(key).groups()
        address = routes.address(pattern, which or "", world)
        client = Client(raise_request_exception=False, headers={"accept-language": "en"})
        if pattern.startswith("api/"):
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {world.tokens['official_a']}"
        else:
            client.cookies.load(cookies["official_a"])
        # The commonest alone, and all together, so that none hides behind another.
        asked = [{name: value} for name in ("lang", "q", "page") for value in QUERIES[name][:2]]
        asked += [{name: values[turn % len(values)] for name, values in QUERIES.items() if name != "lang"} for turn in range(3)]
        for query in asked:
            with undone():
                answer = client.get(address, {name: value.encode("utf-8", "surrogatepass") for name, value in query.items()})
            if answer.status_code >= 500:
                wrong.append(f"{address}?{str(query)[:80]}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


FORMS = [key for key in every() if key.startswith("POST en/") and "[" not in key]
TYPED = ("", "\x00", "x" * 100_000, "-1", "9" * 40, "2026-02-30", "👩‍👩‍👧" * 500)


def test_no_form_is_a_fault(everything):
    world, cookies = everything
    wrong = []
    for key in FORMS:
        method, pattern, which = KEY.fullmatch(key).groups()
        address = routes.address(pattern, which or "", world)
        who = "secretariat" if "/desk/" in pattern else "official_a"
        given = {name: value for name, value in body(method, pattern, "", who, world).items() if not hasattr(value, "read")}
        client = Client(raise_request_exception=False, headers={"accept-language": "en"})
        client.cookies.load(cookies[who])
        sent = [{**given, field: typed} for field in given for typed in TYPED]
        for data in sent:
            with undone():
                answer = client.post(address, data)
            if answer.status_code >= 500:
                wrong.append(f"{key} {who} {str(data)[:80]!r}: {answer.status_code}")
        for raw in RAW[:3]:
            with undone():
                answer = client.generic("POST", address, raw, content_type="application/x-www-form-urlencoded")
            if answer.status_code >= 500:
                wrong.append(f"{key} {who} {raw[:20]!r}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


PLACES = ("0", "-1", "9" * 15, "9" * 40, "%00", "%ff")


def test_no_address_is_a_fault(everything):
    world, cookies = everything
    wrong = []
    for key in [*READS, *WRITES, *FORMS]:
        method, pattern, _which = KEY.fullmatch(key).groups()
        if not routes.PLACE.search(pattern):
            continue
        for place in PLACES:
            client = Client(raise_request_exception=False, headers={"accept-language": "en"})
            client.cookies.load(cookies["secretariat"])
            with undone():
                answer = getattr(client, method.lower())("/" + routes.PLACE.sub(place, pattern))
            if answer.status_code >= 500:
                wrong.append(f"{method} {pattern} with {place}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
