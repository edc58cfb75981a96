"""The same 200 questions by nine people to both engines: the same things, counted alike. What differs is only the order.

They search the small world of things.py, the charter's articles, and the demonstration's practices and cities.
"""

import json
import os
import random
from datetime import timedelta
from pathlib import Path

import pytest

from alliance.languages.folding import words_alone
from alliance.languages.stemming import is_small
from alliance.search import thesaurus
from alliance.search.engines import FACETS, Question
from alliance.search.engines.elastic import Elastic
from alliance.search.engines.embedded import Embedded
from alliance.search.index import Document, Text

from .test_contract import INFLECTED
from .things import ACTORS, AUDIENCES, BEGUN, EVERYWHERE, LANGUAGES, TITLES, thing, world

ALLIANCE = Path(__file__).resolve().parents[2] / "alliance"
DATA = ALLIANCE / "founding" / "data"
ROUNDS_MOST = 20  # pages of a hundred


def _read(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))


def _articles():
    for at, article in enumerate(
        json.loads((ALLIANCE / "accord/data/edition-1.json").read_text(encoding="utf-8"))["articles"], 1001
    ):
        texts = {code: Text(article["title"][code], article["body"][code]) for code in LANGUAGES}
        yield at, "article", "fr", texts, {}


def _practices():
    for at, row in enumerate([*_read(DATA / "practices-a.json"), *_read(DATA / "practices-b.json")], 2001):
        texts = {
            code: Text(
                said["title"],
                "\n\n".join(part for name, part in sorted(said.items()) if name != "title" and isinstance(part, str)),
            )
            for code, said in row["texts"].items()
        }
        facts = {"themes": tuple(row["themes"]), "targets": tuple(row["targets"]), "city": row["city"]}
        yield at, "practice", row["source_language"], texts, facts


def _cities():
    for at, row in enumerate(_read(DATA / "cities.json"), 3001):
        texts = {code: Text(row["name"][code], row.get("about", {}).get(code, "")) for code in LANGUAGES}
        yield at, "city", row["languages"][0] if row["languages"][0] in texts else "en", texts, {"city": row["slug"]}


def everything() -> list[Document]:
    """What is searched: most of it public, the rest for one or another."""
    made = world()
    for number, (at, kind, language, texts, facts) in enumerate((*_articles(), *_practices(), *_cities())):
        audience = frozenset({"public"} if number % 3 else AUDIENCES[number % len(AUDIENCES)])
        made.append(
            thing(at, kind=kind, lang=language, texts=texts, audience=audience, at=BEGUN + timedelta(hours=500 + number), **facts)
        )
    return made


def questions(things: list[Document]) -> list[tuple[str, str, dict]]:
    """(text, reader's language, what it is narrowed to): always the same ones."""
    chance = random.Random(4)
    spoken = {code: [one.texts[code] for one in things if code in one.texts and one.id > 1000] for code in LANGUAGES}

    def words(code: str, part: str = "body") -> list[str]:
        """Some neighbouring words."""
        while True:
            found = words_alone(getattr(chance.choice(spoken[code]), part))
            if len(found) > 4:
                first = chance.randrange(len(found) - 3)
                return found[first : first + 3]

    def heavy(code: str, part: str = "body") -> str:
        return next(word for _turn in range(1000) for word in words(code, part) if len(word) > 4 and not is_small(word, code))

    made: list[tuple[str, str, dict]] = []
    for code in LANGUAGES:
        made += [(word, code, {"expand": False}) for word in INFLECTED[code][:5]]
        made += [(heavy(code), chance.choice(LANGUAGES), {}) for _turn in range(3)]
        made += [(f"{heavy(code)} {heavy(code)}", code, {}) for _turn in range(2)]
        made += [(f'"{" ".join(words(code))}"', code, {}), (" ".join(words(code, "title")), code, {})]
        made += [(f"{heavy(code)} -{heavy(code)}", code, {}), (f'-"{" ".join(words(code)[:2])}"', code, {})]
        made += [(heavy(code, "title")[: chance.randint(2, 5)], code, {}) for _turn in range(3)]
        made += [(thesaurus.label(theme, code), code, {}) for theme in ("heat", "refuge", "trees")]
        made.append((thesaurus.label("housing", code), code, {"expand": False}))
    named = {"fr": "arbres", "en": "city", "es": "ciudad", "it": "scuola", "de": "Stadt", "pt": "bairro", "ar": "مدينة"}
    for code, word in named.items():
        made += [
            (word, code, {"kinds": ("practice",)}), (word, code, {"kinds": ("article", "city"), "languages": (code,)}),
            (word, code, {"themes": ("climate",)}), (word, code, {"cities": ("lyon", "bologna", "palermo")}),
            (word, code, {"targets": ("11.7", "sdg:11.7", "sdg:13.1")}), ("", code, {"languages": (code,), "kinds": ("message", "practice")}),
        ]  # fmt: skip
    made += [
        ("", "en", {}), (EVERYWHERE, "de", {}), (f"{EVERYWHERE} -arbres", "fr", {}), (f'"{TITLES["pt"]}"', "pt", {}), ("zzzz", "en", {}),
        ("AND OR NOT", "en", {}), ("the of and", "en", {}), ("l’école d’été", "fr", {}), ("", "ar", {"themes": ("nothing-such",)}),
        ("trees water -shade", "en", {"themes": ("trees", "heat"), "languages": ("en", "fr")}), ("*:* (", "en", {}),
    ]  # fmt: skip
    return made


def found(engine, question: Question) -> tuple[list[tuple[str, int]], int, dict]:
    """Everything that is found, in order; the total; the facets."""
    hits: list[tuple[str, int]] = []
    for turn in range(ROUNDS_MOST):
        answer = engine.ask(Question(**{**vars(question), "offset": 100 * turn, "size": 100}))
        hits += [(hit.kind, hit.id) for hit in answer.hits]
        if len(answer.hits) < 100:
            break
    return hits, answer.total, answer.facets


@pytest.mark.service("ELASTICSEARCH_URL")
def test_both_engines_find_the_same_and_count_it_alike(tmp_path, request):
    things = everything()
    asked = questions(things)
    assert len(asked) == 200
    embedded = Embedded(tmp_path / "index.sqlite3")
    elastic = Elastic(os.environ["ELASTICSEARCH_URL"], f"test-{os.getpid()}-parity", at_once=True)
    differing, overlaps, met = [], [], 0
    try:
        for engine in (embedded, elastic):
            engine.rebuild(things)
        for text, lang, narrowed in asked:
            for actor, tokens in ACTORS.items():
                question = Question(text, lang, tokens, **narrowed)
                one, other = found(embedded, question), found(elastic, question)
                met += bool(one[0])
                facets = [facet for facet in FACETS if one[2][facet] != other[2][facet]]
                if set(one[0]) != set(other[0]) or one[1] != other[1] or len(one[0]) != one[1] or facets:
                    differing.append(
                        (text, lang, narrowed, actor, one[1], other[1], sorted(set(one[0]) ^ set(other[0]))[:5], facets)
                    )
                if one[0]:
                    first = min(10, len(one[0]))
                    overlaps.append(len(set(one[0][:10]) & set(other[0][:10])) / first)
    finally:
        elastic.remove()
    mean = sum(overlaps) / len(overlaps)
    request.config.stash[SAID] = (
        f"parity: {len(asked)} questions × {len(ACTORS)} actors, {met} with results, {len(differing)} differ; "
        f"mean overlap of the first ten {mean:.3f}"
    )
    assert not differing, "\n".join(map(str, differing[:20]))
    assert met > 900 and mean > 0.7


SAID = pytest.StashKey[str]()
