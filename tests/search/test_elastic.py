"""Elasticsearch's own promises: what happens while the server is frozen, gone, wrong or foreign, and while an index is built."""

import io
import logging
import os
import ssl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from alliance import background
from alliance.errors import Unavailable
from alliance.search import queries
from alliance.search.engines import Question, elastic
from alliance.search.engines import engine as engine_of_the_network
from alliance.search.engines.elastic import Elastic, generations, shape
from alliance.search.engines.elastic.server import PAGE, PROBE, Fault, Missing
from exchanges.queries.audience import tokens_of
from tests import factories

from .proxy import Proxy
from .things import ACTORS, EVERYWHERE, thing, world

PUBLIC = frozenset({"public"})
ROOT = Path(__file__).resolve().parents[2]
URL = os.environ.get("ELASTICSEARCH_URL", "")
served = pytest.mark.service("ELASTICSEARCH_URL")


def ids(engine, text="", **asked) -> list[int]:
    return [hit.id for hit in engine.ask(Question(text, **{"tokens": PUBLIC, "size": 100} | asked)).hits]


@pytest.fixture
def name(tmp_path):
    return f"test-{os.getpid()}-{tmp_path.name}"[:80]


@pytest.fixture
def engine(name):
    made = Elastic(URL, name, at_once=True)
    yield made
    made.remove()


@pytest.fixture
def proxy():
    made = Proxy(URL)
    yield made
    made.close()


@pytest.fixture
def hasty(monkeypatch):
    """As in life, a page waits no longer than PAGE; other tests are patient (tests/conftest.py)."""
    monkeypatch.setattr(elastic, "PAGE", PAGE)


@pytest.fixture
def behind(name):
    """`with behind(url):` this network asks there, under a name of this test's own."""

    @contextmanager
    def there(url):
        with pytest.MonkeyPatch.context() as elsewhere:
            elsewhere.setattr(settings, "SHARED_NAME", name)
            elsewhere.setattr(settings, "ELASTICSEARCH_URL", url)
            yield
        if URL:
            Elastic(URL, name).remove()

    return there


def until(what, seconds=60.0):
    """Wait for something to become true; its last value."""
    end = time.monotonic() + seconds
    while not (value := what()) and time.monotonic() < end:
        time.sleep(0.1)
    return value


def indices(engine) -> list[str]:
    return sorted(engine.server.call("GET", f"/{engine.indices.name}-v*?features=aliases&allow_no_indices=true"))


def rests(what) -> Fault:
    """It is refused as a resting engine, and the cause is a sentence for the technician."""
    with pytest.raises(Unavailable) as refusal:
        what()
    assert refusal.value.part == "search"
    cause = refusal.value.__cause__
    assert isinstance(cause, Fault) and str(cause).endswith(".")
    return cause


# --- the server does not answer -------------------------------------------------------------------------------------------


@served
@pytest.mark.django_db
def test_while_the_server_is_frozen_the_reduced_answer_comes_and_afterwards_the_index_catches_up(proxy, behind, hasty):
    with behind(proxy.url):
        lyon = factories.city("lyon")
        author = factories.official(lyon, "coordinator")
        before = factories.practice(lyon, by=author)
        background.run_waiting(raising=True)

        def ask():
            return queries.search(None, Question("écoles", lang="fr", tokens=tokens_of(None), kinds=("practice",)))

        assert ask()["engine"] == "elasticsearch" and [row["id"] for row in ask()["results"]] == [before.pk]
        proxy.freeze()
        began = time.monotonic()
        answer = ask()
        first = time.monotonic() - began
        assert answer["engine"] == "reduced" and first < 4  # 1.4 s for the engine; the machine may be busy
        began = time.monotonic()
        assert {ask()["engine"] for _turn in range(50)} == {"reduced"}
        assert time.monotonic() - began < 50 * first / 2  # the time is lost once, not again and again
        during = factories.practice(lyon, by=author)
        background.run_waiting()  # the tasks wait
        assert engine_of_the_network().state() == "down"
        proxy.thaw()
        assert until(lambda: ask()["engine"] == "elasticsearch")
        background.run_waiting(now=timezone.now() + timedelta(minutes=1), raising=True)
        assert {row["id"] for row in ask()["results"]} == {before.pk, during.pk}
        assert engine_of_the_network().state() == "ok"


@served
def test_a_server_that_was_killed_is_found_again(proxy, name, caplog):
    engine = Elastic(proxy.url, name, at_once=True)
    try:
        engine.put([thing(1)])
        proxy.close()
        with caplog.at_level(logging.WARNING):
            assert "cannot be reached" in str(rests(lambda: ids(engine)))
            for work in (
                lambda: engine.put([thing(2)]),
                lambda: engine.drop("practice", 1, 2),
                lambda: engine.rebuild([]),
                engine.built,
            ):
                rests(work)
        assert engine.state() == "down"
        assert len([line for line in caplog.messages if "rests" in line]) == 1 and "ELASTICSEARCH_URL" in caplog.text
        proxy.open()
        assert until(lambda: engine.state() == "ok") and ids(engine) == [1]
    finally:
        Elastic(URL, name).remove()


@served
def test_how_it_is_can_be_asked_of_a_frozen_server(proxy, name):
    engine = Elastic(proxy.url, name)
    proxy.freeze()
    began = time.monotonic()
    assert engine.state() == "down"
    assert time.monotonic() - began < 3  # half a second; the machine may be busy


def test_a_page_waits_once_for_the_look_whether_the_server_is_back_and_its_answer(name, monkeypatch, hasty):
    engine, waits, times = Elastic("http://127.0.0.1:1", name), {}, []

    def sent(method, path, headers, body, seconds):
        waits[path.partition("?")[0]] = seconds
        times.append(time.monotonic())
        if path != "/":
            raise Fault("No answer")
        time.sleep(0.3)  # it is back, though slow
        return 200, {}

    monkeypatch.setattr(engine.server, "_sent", sent)
    engine.server._asleep_until = time.monotonic() - 1
    began = time.monotonic()
    rests(lambda: engine.ask(Question("tree", tokens=PUBLIC)))
    assert waits.pop("/") == PROBE
    (left,) = waits.values()
    # No more than the look has left, and no less than all that has passed (which on a busy machine is more than the look).
    assert max(PAGE - (times[1] - began), 0.1) <= left <= PAGE - 0.3


@served
def test_a_connection_that_the_server_has_closed_meanwhile_is_no_failure(proxy, name):
    engine = Elastic(proxy.url, name, at_once=True)
    try:
        engine.put([thing(1)])
        proxy.close()
        proxy.open()
        assert ids(engine) == [1]
    finally:
        Elastic(URL, name).remove()


# --- the address is wrong -------------------------------------------------------------------------------------------------

MISTYPED = [
    "127.0.0.1:9200",
    "http:/127.0.0.1",
    "http://",
    "htp://127.0.0.1:9200",
    "http://127.0.0.1:port",
    "http://[::1",
    "elastic",
    "http://a:1?b",
    "http://127.0.0.1:9200/a b",
    "http://127.0.0.1:9200/é",
    "http://élastique.example",
    "http://a:1\r\nx: y",
]


@pytest.mark.parametrize("url", MISTYPED)
def test_an_address_with_a_typing_mistake_is_told(url):
    engine = Elastic(url)
    assert engine.state() == "down"
    for work in (lambda: ids(engine), lambda: engine.put([thing(1)]), engine.built, engine.clear):
        assert "ELASTICSEARCH_URL" in str(rests(work))


class Stranger(BaseHTTPRequestHandler):
    """A web server that is no Elasticsearch, or one that wants another password."""

    status, body, product = 200, b"<html>Welcome to the intranet</html>", False

    def do_GET(self):
        self.server.heard.append(self.headers.get("authorization"))
        self.send_response(self.status)
        self.send_header("content-type", "text/html" if self.body.startswith(b"<") else "application/json")
        self.send_header("content-length", str(len(self.body)))
        if self.product:
            self.send_header("x-elastic-product", "Elasticsearch")
        self.end_headers()
        self.wfile.write(self.body)

    do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, *_words):
        pass


@pytest.fixture
def stranger():
    servers = []

    def started(**traits):
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Some", (Stranger,), traits))
        server.heard = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server

    yield started
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("traits", "said"),
    [
        ({}, "is not Elasticsearch"),
        ({"body": b"{}"}, "is not Elasticsearch"),
        ({"status": 404, "body": b"{}"}, "is not Elasticsearch"),
        ({"body": b'{"cut'}, "is not Elasticsearch"),
        ({"status": 401, "body": b"{}", "product": True}, "refuses the name or the password"),
        ({"status": 503, "body": b'{"error": "starting"}', "product": True}, "503"),
    ],
)
@pytest.mark.django_db
def test_what_answers_but_does_not_serve_us_is_told_without_the_password(stranger, traits, said, behind):
    server = stranger(**traits)
    url = f"http://alliance:se%3Acret@127.0.0.1:{server.server_port}"
    engine = Elastic(url)
    for work in (lambda: ids(engine), lambda: engine.put([thing(1)])):
        cause = str(rests(work))
        assert said in cause and "ELASTICSEARCH_URL" in cause and "cret" not in cause
    assert engine.state() == "down"
    assert server.heard[0] == "Basic YWxsaWFuY2U6c2U6Y3JldA=="  # alliance:se:cret
    with behind(url), pytest.raises(CommandError) as refusal:
        call_command("reindex", stdout=io.StringIO())
    assert said in str(refusal.value)


def test_a_server_of_another_kind_is_told():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer():
            while True:
                try:
                    caller, _address = door.accept()
                except OSError:
                    return
                with caller:
                    caller.recv(1024)
                    caller.sendall(b"-ERR wrong number of arguments\r\n")

        threading.Thread(target=answer, daemon=True).start()
        engine = Elastic(f"http://127.0.0.1:{door.getsockname()[1]}")
        assert "ELASTICSEARCH_URL" in str(rests(lambda: ids(engine)))


@served
def test_an_address_with_a_password_and_tls_is_used(name, tmp_path, monkeypatch):
    certificate = _certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    proxy = Proxy(URL, tls)
    try:
        untrusting = Elastic(proxy.url, name)
        assert "no trusted connection" in str(rests(lambda: ids(untrusting)))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        engine = Elastic(proxy.url.replace("//", "//name:password@"), name, at_once=True)
        engine.put([thing(1)])
        assert ids(engine) == [1]
    finally:
        proxy.close()
        Elastic(URL, name).remove()


def _certificate(folder: Path) -> Path:
    """A key and a certificate that it has signed itself, for this machine's own address."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    whose = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder(whose, whose, private.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(private, hashes.SHA256())
    )
    path = folder / "both.pem"
    path.write_bytes(
        private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


# --- the index is not there, or another one is --------------------------------------------------------------------------------


@served
def test_to_ask_makes_no_index(engine):
    rests(lambda: ids(engine))
    rests(lambda: ids(engine, "trees"))
    assert engine.state() == "degraded" and not engine.built() and engine.empty()
    assert indices(engine) == []
    assert engine.rebuild([thing(1)]) == {"practice": 1}
    assert engine.state() == "ok" and engine.built() and ids(engine, "trees") == [1]


@served
def test_an_index_of_another_version_is_left_alone_and_a_new_one_is_built_beside_it(engine):
    other = f"{engine.indices.name}-v0abcdef0-0003"
    engine.server.call("PUT", f"/{other}", {"aliases": {f"{engine.indices.name}-v0abcdef0": {}}})
    for work in (lambda: engine.put([thing(1)]), lambda: engine.drop("practice", 1, 1)):
        assert other in str(rests(work)) and "another version" in str(rests(work))
    rests(lambda: ids(engine))
    assert engine.state() == "degraded" and not engine.built() and indices(engine) == [other]
    engine.rebuild([thing(1)])
    engine.put([thing(2)])
    assert engine.state() == "ok" and engine.built() and sorted(ids(engine, "trees")) == [1, 2]
    assert other in indices(engine) and len(indices(engine)) == 2


@served
def test_the_fields_are_strict_and_every_language_has_its_own_pair_and_analyser(engine):
    engine.put([thing(1)])
    name = engine.indices.serving().name
    fields = engine.server.call("GET", f"/{name}/_mapping")[name]["mappings"]
    assert fields["dynamic"] == "strict"
    for part in ("title", "body"):
        analysers = {code: field["analyzer"] for code, field in fields["properties"][part]["properties"].items()}
        assert set(analysers) == {*shape.CODES, "other"} and len(set(analysers.values())) == len(analysers)
    with pytest.raises(Fault):
        engine.indices.write([("practice:2", 2, shape.source(thing(2)) | {"unheard_of": 1})])
    assert ids(engine) == [1]


@served
def test_what_the_server_will_not_keep_for_now_waits(engine):
    """As with a full disk: Elasticsearch then blocks writing to its indices."""
    engine.put([thing(1)])
    name = engine.indices.serving().name
    engine.server.call("PUT", f"/{name}/_settings", {"index.blocks.read_only_allow_delete": True})
    assert "Elasticsearch does not keep" in str(rests(lambda: engine.put([thing(2)])))
    assert ids(engine) == [1]
    engine.server.call("PUT", f"/{name}/_settings", {"index.blocks.read_only_allow_delete": None})
    engine.put([thing(2)])
    assert sorted(ids(engine)) == [1, 2]


@served
def test_a_write_to_what_was_taken_away_makes_no_index(engine):
    engine.put([thing(1)])
    lines = [*generations._portions([("practice:1", 2, shape.source(thing(1)))])][0]
    assert not engine.indices.send([f"{engine.indices.alias}-0099"], lines)
    assert indices(engine) == [f"{engine.indices.alias}-0001"]
    with pytest.raises(Missing):
        engine.server.call("POST", f"/{engine.indices.alias}-0099/_search", {})


# --- building anew ----------------------------------------------------------------------------------------------------------

KILLED = """
import os, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "alliance.settings"
import django; django.setup()
from alliance.search.engines.elastic import Elastic
from tests.search.things import thing
def everything():
    for number in range(1, 2000):
        yield thing(number)
    print("half way", flush=True)
    time.sleep(600)
Elastic(sys.argv[1], sys.argv[2], at_once=True).rebuild(everything())
"""
WRITER = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "alliance.settings"
import django; django.setup()
from alliance.search.engines.elastic import Elastic
from tests.search.things import thing
engine = Elastic(sys.argv[1], sys.argv[2], at_once=True)
first = int(sys.argv[3])
for number in range(first, first + 60):
    engine.put([thing(number, title=f"Harbour {number}")])
    if number % 10 == 0:
        engine.drop("practice", number, 2)
"""
SURROUNDINGS = os.environ | {"PYTHONPATH": str(ROOT)}


@served
def test_what_a_killed_rebuild_leaves_behind_is_removed_by_the_next_one(engine, name, monkeypatch):
    engine.put([thing(5)])
    with subprocess.Popen([sys.executable, "-c", KILLED, URL, name], env=SURROUNDINGS, stdout=subprocess.PIPE) as building:
        assert building.stdout.readline() == b"half way\n"
        assert "under way" in str(rests(lambda: engine.rebuild([thing(6)])))  # it lives
        building.kill()
    left = f"{engine.indices.alias}-0002"
    assert left in indices(engine) and ids(engine) == [5]
    engine.put([thing(7)])
    monkeypatch.setattr(generations, "LEASE", 0.0)  # as when its last sign of life is long past
    engine.rebuild([thing(6)])
    assert ids(engine) == [6] and indices(engine) == [f"{engine.indices.alias}-0003"]


@served
def test_a_swap_that_was_done_though_its_answer_was_lost_is_not_undone(engine, monkeypatch):
    engine.put([thing(5)])

    def point(made, old, real=engine.indices._point):
        real(made, old)
        raise generations.resting() from Fault("The answer was lost")

    monkeypatch.setattr(engine.indices, "_point", point)
    rests(lambda: engine.rebuild([thing(6)]))
    assert engine.built() and ids(engine) == [6]
    engine.put([thing(7)])
    monkeypatch.undo()
    monkeypatch.setattr(generations, "LEASE", 0.0)
    engine.tidy()
    assert sorted(ids(engine)) == [6, 7] and len(indices(engine)) == 1


@served
def test_two_processes_write_at_once_while_a_third_asks_and_rebuilds(engine, name):
    engine.put([thing(1)])
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, URL, name, str(first)], env=SURROUNDINGS, stderr=subprocess.PIPE)
        for first in (1000, 2000)
    ]
    rebuilt, totals = 0, []
    while any(writer.poll() is None for writer in writers):
        totals.append(engine.ask(Question("harbours", tokens=PUBLIC)).total)
        if totals[-1] > 10 and rebuilt < 4:
            engine.rebuild(_all_in(engine))  # what the writers add meanwhile has to survive the swap
            rebuilt += 1
    told = [writer.communicate()[1].decode()[-2000:] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], told
    assert rebuilt
    answer = engine.ask(Question("harbour", tokens=PUBLIC))
    assert answer.total == 2 * 54 == answer.facets["kind"]["practice"]
    assert len(indices(engine)) == 1


def _all_in(engine):
    """Every thing that is kept at this moment, as a database would give it."""
    page = engine.server.call(
        "POST",
        f"/{engine.indices.alias}/_search",
        {"size": 1000, "query": {"term": {"gone": False}}, "_source": ["pk", "shown.own"]},
    )
    for hit in page["hits"]["hits"]:
        yield thing(hit["_source"]["pk"], title=hit["_source"]["shown"]["own"][0])


@served
def test_questions_go_on_while_indices_are_swapped(engine):
    engine.rebuild(world())
    failed, stop, answered = [], threading.Event(), []

    def asks():
        while not stop.is_set():
            try:
                answer = engine.ask(Question(EVERYWHERE, tokens=ACTORS["official of A and B"], size=5))
                assert answer.total >= 100 and len(answer.hits) == 5
                answered.append(answer.total)
            except Exception as error:
                failed.append(error)
                return

    askers = [threading.Thread(target=asks) for _asker in range(3)]
    for asker in askers:
        asker.start()
    for _turn in range(5):
        engine.rebuild(world())
    stop.set()
    for asker in askers:
        asker.join()
    assert not failed and answered


@served
def test_a_rebuild_remembers_what_was_dropped_long_ago(engine):
    engine.put([thing(number) for number in range(1, 6)])
    for number in range(1, 4):
        engine.drop("practice", number, 5)
    engine.rebuild([thing(4), thing(5)])
    engine.put([thing(number, version=4) for number in range(1, 4)])
    assert sorted(ids(engine)) == [4, 5]
    engine.put([thing(1, version=6)])
    assert sorted(ids(engine)) == [1, 4, 5]


# --- asking -----------------------------------------------------------------------------------------------------------------


@served
def test_whether_the_last_word_is_half_typed_is_never_guessed_wrong(engine):
    """The guess is what was true last time; the vocabulary comes with every answer."""
    other = Elastic(URL, engine.indices.name, at_once=True)
    engine.put([thing(1, title="Mediterranean ports", body="x")])
    for asks in (engine, other):
        assert ids(asks, "medi") == [1]
    other.put([thing(2, title="The medi", body="x")])  # now the word is whole
    for asks in (engine, other):
        assert ids(asks, "medi") == [2]
    other.drop("practice", 2, 2)
    for asks in (engine, other):
        assert ids(asks, "medi") == [1]


@served
def test_without_a_name_of_its_own_a_thing_is_found_within_a_second(name):
    engine = Elastic(URL, name)
    try:
        engine.put([thing(1)])
        assert until(lambda: ids(engine) == [1])
    finally:
        engine.remove()
