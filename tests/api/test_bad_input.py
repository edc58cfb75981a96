"""Hostile and clumsy input: each refusal is a sentence, nothing changes, and nothing is a 500."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from alliance.languages.tongues import CODES
from alliance.ledger.models import Entry
from api.urls import urlpatterns

V1 = "/api/v1/"
NASTY = [
    "", " ", "\x00", "a\x00b", "x" * 30_000, "\ud800", "' OR 1=1 --", "<script>alert(1)</script>", "../../etc/passwd", "%00", "🏙️" * 500,
    None, True, -1, 0, 2**63, 10**400, 1.5, [], [[]], {}, {"a": 1}, "2026-13-45", "NaN",
]  # fmt: skip


def routes(world) -> dict[str, dict]:
    """Every POST and PATCH of the API with a body that would do."""
    return {
        "POST applications/": {
            "place": 2964574, "contact_name": "Office", "contact_email": "o@y.example", "role": "r", "motivation": "m", "language": "en",
        },
        f"POST applications/{world.unconfirmed.pk}/confirm/": {"code": "ABCD2345"},
        f"POST applications/{world.waiting.pk}/refuse/": {"reason": "no"},
        "POST officials/": {"city": world.a.slug, "email": "p@y.example", "role": "observer", "language": "en", "until": "2099-01-01"},
        "POST officials/accept/": {"code": "ABCDEFGH2345"},
        "POST accord/signatures/": {
            "city": world.a.slug, "edition_sha256": "0" * 64,
            "deliberation": {"date": "2026-10-01", "reference": "D/1", "votes_for": 3, "votes_against": 1, "abstentions": 0},
        },
        "POST practices/": {"city": world.a.slug, "source_language": "en", "title": "T", "themes": [], "targets": [], "audience": {"kind": "own"}},
        f"PATCH practices/{world.draft.pk}/": {"title": "New", "version": 1},
        f"POST practices/{world.submitted.pk}/return/": {"reason": "more"},
        f"POST practices/{world.published.pk}/translations/fr/": {"title": "T", "origin": "human"},
        f"POST practices/{world.published.pk}/transfers/": {"city": world.a.slug, "note": "n"},
        "POST rooms/": {"title": "T", "audience": {"kind": "cities", "cities": [world.b.slug]}},
        f"POST rooms/{world.room.pk}/people/": {"email": "moderator@x.example"},
        f"POST rooms/{world.room.pk}/messages/": {"text": "t", "nonce": "n", "reply_to": 1, "source_language": "en"},
        f"PATCH rooms/{world.room.pk}/messages/1/": {"text": "t"},
        f"POST rooms/{world.room.pk}/messages/1/reactions/": {"sign": "👍"},
        f"POST rooms/{world.room.pk}/read/": {"seq": 1},
        "POST reports/": {"subject": f"practice:{world.published.pk}", "reason": "other", "note": "n"},
        "PATCH me/": {"label": "L", "language": "fr"},
        "POST me/notices/": {"read_up_to": 1},
    }  # fmt: skip


def _problem(answer) -> None:
    assert answer.status_code < 500, answer.content
    if answer.status_code >= 400:
        body = json.loads(answer.content)
        assert answer["Content-Type"] == "application/problem+json"
        assert body["status"] == answer.status_code and body["title"] and body["detail"] and body["type"]


def test_no_value_of_any_field_is_a_500(world, as_):
    clients = {"POST": as_("official_a"), "SECRETARIAT": as_("secretariat")}
    for route, body in routes(world).items():
        method, path = route.split()
        client = clients["SECRETARIAT" if "/refuse/" in path or "/return/" in path else "POST"]
        for field in body:
            for value in NASTY:
                try:
                    sent = json.dumps({**body, field: value})
                except ValueError:
                    continue
                _problem(client.generic(method, V1 + path, sent, content_type="application/json"))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[1,2",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"{" * 5000,
        b"[" * 100_000,
        b'{"a": NaN}',
        b'{"title": "\\ud800"}',
    ],
)
def test_broken_bodies(world, as_, raw):
    client = as_("official_a")
    before = Entry.objects.count()
    for route in routes(world):
        method, path = route.split()
        answer = client.generic(method, V1 + path, raw, content_type="application/json")
        _problem(answer)
        # A PATCH of nothing changes nothing.
        assert answer.status_code in (400, 403, 404, 409) or (method == "PATCH" and not raw), (route, answer.content)
    assert Entry.objects.count() == before


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "nonsense", ""])
def test_unknown_kinds_of_content(world, as_, kind):
    answer = as_("official_a").generic("POST", f"{V1}rooms/", b"title=x", content_type=kind)
    _problem(answer)
    assert answer.status_code in (400, 415)


@pytest.mark.parametrize(
    "path",
    [
        "nowhere/", "cities/nowhere/", "accord/editions/99/", "accord/editions/999999999999999999999/", "practices/0/", "practices/-1/",
        "practices/99999999999999999999999/", "practices/%00/", "rooms/1e9/", "cities/%FF%FE/", "cities/a%00b/", "documents/7/versions/9/content/",
        "accord/register/0/", "history/city:99999999999999999999/", "history/:/", "history/nothing/", "search", "%2e%2e/",
    ],
)  # fmt: skip
def test_addresses_that_are_none(world, as_, path):
    for client in (as_(), as_("official_a")):
        answer = client.get(V1 + path)
        if answer.status_code not in (301, 308):
            _problem(answer)
            assert answer.status_code in (400, 401, 404)


@pytest.mark.parametrize(
    "query",
    [
        "lang=xx", "lang=%00", "page_size=0", "page_size=-1", "page_size=9999999999999999999999", "page_size=x", "cursor=x", "cursor=%00",
        "cursor=cD0x", "cursor=" + "A" * 5000, "cursor=cD1ub3QtYS1kYXRl", "q=%00", "q=" + "a" * 199, "q=%22%22%22", "q=*%20NEAR(", "q=-",
        "signed=maybe", "country=%00", "theme=%00", "kind=x", "after=-1", "after=999999999999999999999", "before=x", "lang=zz&lang=fr",
    ],
)  # fmt: skip
def test_no_query_is_a_500(world, as_, query):
    paths = ["accord/", "accord/register/", "cities/", "places/", "themes/", "practices/", "documents/", "search/"]
    for path in [
        *paths,
        f"rooms/{world.room.pk}/messages/",
        "rooms/",
        "officials/",
        "applications/",
        f"history/city:{world.a.pk}/",
    ]:
        _problem(as_("official_a").get(f"{V1}{path}?{query}"))


def test_a_refusal_is_in_the_readers_language_and_names_the_field(world, as_):
    client = as_("official_a")
    body = {"city": world.a.slug, "source_language": "en", "title": ""}
    said = {}
    for lang in ("fr", "en", "es", "it", "de", "pt", "ar"):
        answer = client.post(f"{V1}practices/?lang={lang}", body, format="json")
        assert answer.status_code == 400 and answer["Content-Language"] == lang
        problem = answer.json()
        assert [fault["field"] for fault in problem["errors"]] == ["title"]
        said[lang] = problem["detail"], problem["errors"][0]["message"]
    assert len(set(said.values())) == 7


def _sentences(field):
    """What a field of a shape, and those in it, may say of what was given."""
    # Every hour exists in UTC, in which we read: what is said of one that does not is never said.
    yield from (sentence for kind, sentence in field.error_messages.items() if kind != "make_aware")
    yield from (check.message for check in field.validators if hasattr(check, "message"))
    for inner in [*getattr(field, "fields", {}).values(), *filter(None, [getattr(field, "child", None)])]:
        yield from _sentences(inner)


@pytest.mark.parametrize("language", [code for code in CODES if code != "en"])
def test_what_any_shape_may_say_is_said_in_every_language(language):
    untranslated = set()
    for route in urlpatterns:
        for shape in route.callback.cls.takes.values():
            # Made twice: some sentences keep the words in which they were read first.
            for english, theirs in zip(_sentences(shape()), _sentences(shape()), strict=True):
                with translation.override("en"):
                    known = str(english)
                with translation.override(language):
                    if str(theirs) == known:
                        untranslated.add(known)
    assert not untranslated


@pytest.mark.parametrize("lang", ["de", "ar"])
def test_null_in_place_of_a_body_is_refused_like_a_list(world, as_, lang):
    said = []
    for raw in (b"null", b"[]"):
        answer = as_("official_a").generic("POST", f"{V1}practices/?lang={lang}", raw, content_type="application/json")
        assert answer.status_code == 400 and answer["Content-Language"] == lang
        said.append(answer.json()["detail"])
    assert said[0].replace("null", "list") == said[1]


@pytest.mark.parametrize("lang", ["fr", "ar"])
def test_a_form_that_cannot_be_read_is_not_called_json(world, as_, lang):
    said = {}
    for kind, raw in (("multipart/form-data", b"x"), ("application/json", b"x")):
        answer = as_("official_a").generic("POST", f"{V1}documents/?lang={lang}", raw, content_type=kind)
        assert answer.status_code == 400 and answer["Content-Language"] == lang
        said[kind] = answer.json()["detail"]
    assert "JSON" in said["application/json"] and "JSON" not in said["multipart/form-data"]


@pytest.mark.parametrize("audience", ["null", "[]", "7", "{"])
def test_an_audience_in_a_form_is_an_object(world, as_, audience):
    form = {
        "city": world.a.slug,
        "title": "T",
        "source_language": "en",
        "audience": audience,
        "file": SimpleUploadedFile("a.txt", b"a"),
    }
    answer = as_("official_a").post(f"{V1}documents/?lang=fr", form, format="multipart")
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"field": "audience", "code": "invalid", "message": "Le public visé est un objet JSON."}]


def test_a_superseded_edition_a_second_signature_and_an_ended_mandate(world, as_):
    client = as_("official_a")
    act = {"date": "2026-10-01", "reference": "D/1", "votes_for": 3, "votes_against": 1, "abstentions": 0}
    body = {"city": world.a.slug, "edition_sha256": "0" * 64, "deliberation": act}
    assert client.post(f"{V1}accord/signatures/", body, format="json").status_code == 409
    body["edition_sha256"] = client.get(f"{V1}accord/").json()["sha256"]
    assert client.post(f"{V1}accord/signatures/", body, format="json").status_code == 201
    assert client.post(f"{V1}accord/signatures/", body, format="json").status_code == 409
    ended = as_("ended").post(f"{V1}accord/signatures/", body, format="json")
    assert ended.status_code == 403 and "official" in ended.json()["detail"]


def test_a_file_that_is_not_what_it_says(world, as_):
    client = as_("official_a")
    for name, content in (
        ("a.pdf", b"MZ\x90\x00"),
        ("a.docx", b"PK\x03\x04broken"),
        ("a.pdf", b""),
    ):
        form = {"city": world.a.slug, "title": "T", "source_language": "en", "file": SimpleUploadedFile(name, content)}
        answer = client.post(f"{V1}documents/", form, format="multipart")
        _problem(answer)
        assert answer.status_code in (400, 413, 422), (name[:20], answer.content)


def test_an_outsider_cannot_tell_hidden_from_unknown(world, as_):
    outsider = as_("official_b")
    pairs = [
        (f"practices/{world.draft.pk}/", "practices/424242/"),
        (f"practices/{world.submitted.pk}/", "practices/424242/"),
        (f"history/practice:{world.published.pk}/", "history/practice:424242/"),
        (f"applications/{world.waiting.pk}/", "applications/424242/"),
    ]
    for hidden, unknown in pairs:
        first, second = outsider.get(V1 + hidden), outsider.get(V1 + unknown)
        assert first.status_code == 404
        assert first.content == second.content
