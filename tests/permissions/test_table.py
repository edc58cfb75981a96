"""Every address, every method, eight people: what the table says is what happens, and nothing is without a row."""

import re

import pytest

from .asking import ask, codes_of, signed_in, undone
from .routes import keys
from .table import TABLE
from .world import WHO, made


def test_every_route_has_its_row_and_every_row_its_route():
    asked = set(keys())
    assert asked - set(TABLE) == set(), "without a row: say who may"
    assert set(TABLE) - asked == set(), "a row without a route"


def test_nobody_ever_gets_a_fault():
    assert not [(key, codes) for key, codes in TABLE.items() if any(code.startswith("5") for code in codes.split())]
    assert all(len(codes.split()) == len(WHO) for codes in TABLE.values())


@pytest.mark.django_db
@pytest.mark.timeout(600)
def test_everybody_may_what_the_table_says():
    world = made()
    cookies = signed_in(world)
    wrong = {key: (codes, found) for key, codes in TABLE.items() if (found := codes_of(key, world, cookies)) != codes}
    assert not wrong, "\n".join(f"{key}\n  table   {said}\n  program {found}" for key, (said, found) in wrong.items())


SECRET = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')  # another one on every page
HIDDEN = [
    # what is there and may not be seen, and the same address with a number that nobody has
    ("GET api/v1/practices/<id:pk>/", "draft"),
    ("GET api/v1/documents/<id:pk>/", ""),
    ("GET api/v1/documents/<id:pk>/content/", ""),
    ("GET api/v1/documents/<id:pk>/versions/", ""),
    ("GET api/v1/rooms/<id:pk>/messages/", ""),
    ("POST api/v1/rooms/<id:pk>/messages/", ""),
    ("PATCH api/v1/practices/<id:pk>/", "draft"),
    ("POST api/v1/practices/<id:pk>/submit/", "draft"),
    ("GET en/practices/<number:pk>/", "draft"),
    ("GET en/documents/<number:pk>/", ""),
    ("GET en/rooms/<number:pk>/", ""),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("route", "which"), HIDDEN)
def test_an_outsider_cannot_tell_what_is_hidden_from_what_is_not_there(route, which):
    """Byte for byte; only the number that was asked for may differ, where it is repeated."""
    world = made()
    cookies = signed_in(world)
    told = []
    for about in (which, "unknown"):
        with undone():
            response = ask(f"{route} [{about}]" if about else route, "ended", world, cookies)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            path = response.wsgi_request.path.split("/", 2)[2].encode()  # links to the same page in another language have it too
            body = SECRET.sub(b"", body).replace(path, b"PATH")
            told.append((response.status_code, body, {**response.headers, "Content-Length": ""}))
    assert told[0] == told[1] and told[0][0] == 404
