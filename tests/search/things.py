"""Findable things for trials of the engines: a small world in seven languages, and what should be found in it, worked out by hand."""

from datetime import UTC, datetime, timedelta

from alliance.search.index import Document, Text

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = ("article", "city", "practice", "document", "message")
LANGUAGES = ("fr", "en", "es", "it", "de", "pt", "ar")
ACTORS = {
    "visitor": frozenset({"public"}),
    "applicant": frozenset({"public", "person:9"}),
    "official of A": frozenset({"public", "members", "city:1", "room:1", "room:2"}),
    "official of B": frozenset({"public", "members", "city:2", "room:2"}),
    "official of A and B": frozenset({"public", "members", "city:1", "city:2", "room:1", "room:2", "room:3"}),
    "ended mandate": frozenset({"public", "person:4"}),
    "secretariat": frozenset({"public", "members", "staff:secretariat"}),
    "moderator": frozenset({"public", "members", "staff:moderator"}),
    "nobody at all": frozenset(),
}
AUDIENCES = (
    {"public", "city:1"}, {"members", "city:2"}, {"city:1", "city:2"}, {"room:1"}, {"room:2"}, {"room:3"}, {"city:1"},
    {"public"}, {"staff:secretariat", "city:2"}, {"person:4"},
)  # fmt: skip
TITLES = {
    "fr": "Des cours d’école ouvertes", "en": "Open schoolyards", "es": "Patios escolares abiertos", "it": "Cortili scolastici aperti",
    "de": "Offene Schulhöfe", "pt": "Pátios escolares abertos", "ar": "ساحات مدرسية مفتوحة",
}  # fmt: skip
BODIES = {
    "fr": "La ville accueille les réfugiées dans ses forêts. Les élus ont planté des arbres.",
    "en": "The city welcomes refugees. Councils planted trees and opened libraries.",
    "es": "La ciudad acoge a las personas refugiadas. Se plantaron árboles en los barrios.",
    "it": "La città accoglie i rifugiati. Abbiamo piantato alberi nei quartieri.",
    "de": "Die Stadt nimmt Geflüchtete auf. In den Straßen wurden Bäume gepflanzt.",
    "pt": "A cidade acolhe pessoas refugiadas. As ações plantaram árvores nos bairros.",
    "ar": "تستقبل المدينةُ اللاجئين، وزرعنا الأشجار في الأحياء.",
}
EVERYWHERE = "concordia"  # a word of every thing, in every language the same


def thing(id: int = 1, *, kind: str = "practice", lang: str = "en", title: str = "", body: str = "", **facts) -> Document:
    """One thing in one language, public unless told."""
    facts.setdefault("texts", {lang: Text(title or TITLES.get(lang, "Title"), body or BODIES.get(lang, "Body"))})
    told = {"version": 1, "source_language": lang, "audience": frozenset({"public"}), "path": f"/{kind}s/{id}/"}
    if "at" not in facts:
        told["at"] = BEGUN + timedelta(hours=id)
    return Document(**{"kind": kind, "id": id} | told | facts)


def world(count: int = 140) -> list[Document]:
    """Things of every kind, language, audience, city, theme and target, in every combination that numbers give."""
    made = []
    for number in range(1, count + 1):
        languages = [LANGUAGES[(number + step) % 7] for step in range(1 + (number % 5 == 0) + (number % 10 == 0))]
        made.append(
            thing(
                number,
                kind=KINDS[number % 5],
                lang=languages[0],
                texts={code: Text(f"{TITLES[code]} {number}", f"{BODIES[code]} {EVERYWHERE}") for code in languages},
                audience=frozenset(AUDIENCES[number % len(AUDIENCES)]),
                city=("lyon", "dakar", "")[number % 3],
                themes=(("trees",), ("refuge", "heat"), (), ("climate",))[number % 4],
                targets=(("11.7",), (), ("13.1", "11.a"))[number % 3],
                states=dict.fromkeys(languages[1:], "machine"),
                stale=frozenset(languages[2:]),
            )
        )
    return made
