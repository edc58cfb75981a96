"""Whatever is asked, our servers answer what Django's own WSGI handler answers."""

import json

import pytest

from . import views
from .conftest import chunked

pytestmark = pytest.mark.django_db(transaction=True)

BOUNDARY = "----cut"
FORM = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="word"\r\n\r\nparité\r\n'
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="acte é.pdf"\r\n'
    f"Content-Type: application/pdf\r\n\r\n{'%PDF ' * 1000}\r\n--{BOUNDARY}--\r\n"
).encode()
MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}

REQUESTS = {
    "home": ("GET", "/", {}, None),
    "query": ("GET", "/echo/?a=1&a=2&b=%C3%A9&c=&d", {}, None),
    "query in latin-1": ("GET", "/echo/?a=%E9", {}, None),
    "path in utf-8": ("GET", "/echo/%C3%A9t%C3%A9%20%D8%B3/", {}, None),
    "path in broken utf-8": ("GET", "/echo/%E9t%E9/", {}, None),
    "path with a slash in it": ("GET", "/echo/a%2Fb/", {}, None),
    "path with plus and semicolon": ("GET", "/echo/a+b;c=d/", {}, None),
    "no trailing slash": ("GET", "/echo", {}, None),
    "no trailing slash, broken utf-8": ("GET", "/echo/%ff", {}, None),
    "unknown": ("GET", "/nowhere/", {}, None),
    "dots": ("GET", "/../../etc/passwd", {}, None),
    "header beyond ascii": ("GET", "/echo/", {"X-Word": "caf\xe9 \xff"}, None),
    "header with underscore": ("GET", "/echo/", {"X_Word": "spoofed"}, None),
    "cookie header": ("GET", "/echo/", {"Cookie": 'a=1; b="x y"; bad; c=%C3%A9'}, None),
    "unknown host": ("GET", "/echo/", {"Host": "evil.example"}, None),
    "host that is none": ("GET", "/echo/", {"Host": "a b/c"}, None),
    "cookies set": ("GET", "/cookies/", {}, None),
    "redirect": ("GET", "/away/", {}, None),
    "exception": ("GET", "/boom/", {}, None),
    "not modified": ("GET", "/unmodified/", {}, None),
    "no content": ("GET", "/empty/", {}, None),
    "head": ("HEAD", "/echo/", {}, None),
    "head of a redirect": ("HEAD", "/away/", {}, None),
    "options": ("OPTIONS", "/echo/", {}, None),
    "delete": ("DELETE", "/echo/", {}, None),
    "unknown method": ("PROPFIND", "/echo/", {}, None),
    "form": ("POST", "/echo/", URLENCODED, "a=1&a=é&b=%00".encode()),
    "form in an unknown charset": ("POST", "/echo/", {"Content-Type": "application/x-www-form-urlencoded; charset=no"}, b"a=1"),
    "form of no length": ("POST", "/echo/", URLENCODED | {"Content-Length": "0"}, b""),
    "multipart": ("POST", "/echo/", MULTIPART, FORM),
    "multipart without boundary": ("POST", "/echo/", {"Content-Type": "multipart/form-data"}, FORM),
    "multipart broken off": ("POST", "/echo/", MULTIPART, FORM[:200]),
    "json": ("PUT", "/echo/", {"Content-Type": "application/json"}, b'{"a": [1, 2]}'),
    "body with delete": ("DELETE", "/echo/", {}, b"why"),
    "language": ("GET", "/language/", {"Accept-Language": "de;q=0.5, it"}, None),
    "public page": ("GET", "/page/", {"Accept-Language": "ar"}, None),
    "head of a public page": ("HEAD", "/page/", {"Accept-Language": "ar"}, None),
    "rows": ("GET", "/rows/", {}, None),
    "file": ("GET", "/file/300000/", {}, None),
    "head of a file": ("HEAD", "/file/300000/", {}, None),
    "empty file": ("GET", "/file/0/", {}, None),
}
OWN = {"date", "server", "connection", "transfer-encoding", "keep-alive"}


def facts(answer, *, vary=True):
    headers = sorted((name.lower(), value) for name, value in answer.headers if name.lower() not in OWN)
    if not vary:
        headers = [header for header in headers if header[0] not in ("vary", "content-length")]
    return answer.status, headers, answer.body


@pytest.mark.parametrize("ours", ["site", "plain"])
def test_the_answer_is_that_of_django_s_own_handler(ours, stock, request):
    own = request.getfixturevalue(ours)
    for name, (method, target, headers, body) in REQUESTS.items():
        views.calls.clear()
        expected = stock.ask(target, method, body, **headers)
        views.calls.clear()
        given = own.ask(target, method, body, **headers)
        public = "public" in name  # there ours adds Accept-Encoding to Vary
        assert facts(given, vary=not public) == facts(expected, vary=not public), name
        assert (given.status == 500) == (name == "exception"), name


def test_a_chunked_form_is_read_whole(site):
    pieces = [FORM[:10], FORM[10:3000], FORM[3000:]]
    answer = site.ask("/echo/", "POST", chunked(*pieces), Transfer_Encoding="chunked", **MULTIPART)
    said = json.loads(answer.body)
    assert said["form"] == {"word": ["parité"]} and said["files"]["file"][:2] == ["acte é.pdf", 5000]


@pytest.mark.parametrize(
    "head",
    [
        b"GET /echo/\xe9/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /echo/?\xff=\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /echo/%00/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /echo/ HTTP/1.1\r\nHost: localhost\r\nX-Word: a\x00b\r\n\r\n",
        b"GET /echo/ HTTP/1.1\r\nHost: localhost\r\nCookie: \xff\xfe=\x80; \r\n\r\n",
        b"POST /echo/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /echo/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /echo/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"GET /echo/ HTTP/1.1\r\n\r\n",
        b"GET http://localhost/echo/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET * HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /" + b"a" * 60000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /echo/ HTTP/1.1\r\nHost: localhost\r\nAccept-Language: " + b"fr," * 9000 + b"\r\n\r\n",
        b"GET /echo/ HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: ;;q=,gzip;q=x\r\n\r\n",
        b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03",
        b"nonsense\r\n\r\n",
    ],
)
def test_no_bytes_make_a_500(site, head):
    assert site.send(head).status in (200, 301, 400, 404, 413)
    assert site.ask("/").body == b"home"


def test_requests_inherit_nothing_from_one_another(site):
    for _turn in range(12):
        assert site.ask("/language/", accept_language="it").body == b"it"
        assert site.ask("/language/").body == b"en"


def test_behind_proxies_the_client_is_counted_from_the_right(site, plain, settings):
    for server in (site, plain):
        spoofed = {"X-Forwarded-For": "6.6.6.6, 10.0.0.1, 10.0.0.2"}
        assert json.loads(server.ask("/echo/", **spoofed).body)["client"] == "127.0.0.1"
        settings.TRUSTED_PROXIES = 2
        assert json.loads(server.ask("/echo/", **spoofed).body)["client"] == "10.0.0.1"
        assert json.loads(server.ask("/echo/").body)["client"] == "127.0.0.1"
        settings.TRUSTED_PROXIES = 0


def test_livez_asks_nobody(site, plain, django_db_blocker):
    for server in (site, plain):
        with django_db_blocker.block():
            answer = server.ask("/livez", host="anything")
        assert (answer.status, answer.body) == (200, b"ok\n")
