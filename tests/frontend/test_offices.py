"""Who holds an office is named by it, to each reader in the reader's language."""

import re

from exchanges.actions import rooms
from exchanges.queries.rooms import message_rows, messages_in
from members.actions import accounts
from members.models import Official

from .conftest import LANGUAGES, text

WORDS = {
    "secretariat": {"fr": "Secrétariat", "en": "Secretariat", "es": "Secretaría", "it": "Segretariato", "de": "Sekretariat",
                    "pt": "Secretariado", "ar": "الأمانة"},
    "moderator": {"fr": "Modération", "en": "Moderation", "es": "Moderación", "it": "Moderazione", "de": "Moderation",
                  "pt": "Moderação", "ar": "الإشراف"},
}  # fmt: skip


def test_the_masthead_names_the_office(at):
    for office, words in WORDS.items():
        for language in LANGUAGES:
            page = text(at(office).get(f"/{language}/desk/"))
            assert f'<span class="cut" dir="auto">{words[language]}</span>' in page, (office, language)


def test_a_room_names_the_office_to_each_reader_and_to_everybody_at_once(world, at):
    rooms.add_person(world.room.pk, person_id=world.people["secretariat"].pk, actor=world.people["official_a"])
    rooms.post(world.room.pk, "Welcome", nonce="s", actor=world.people["secretariat"])
    for language in LANGUAGES:
        word = WORDS["secretariat"][language]
        assert f'<span class="who" dir="auto">{word}</span>' in text(at("official_a").get(f"/{language}/rooms/{world.room.pk}/"))
        assert f'<strong dir="auto">{word}</strong>' in text(at("official_a").get(f"/{language}/rooms/{world.room.pk}/people/"))
        said = message_rows(messages_in(world.room.pk), language)[-1]["author"]
        assert (said["label"], said["office"]) == (word, "secretariat")
    frame = message_rows(messages_in(world.room.pk))[-1]["author"]
    assert (frame["label"], frame["office"]) == ("Secretariat", "secretariat")


def test_a_name_of_one_s_own_stands_before_the_office(world, at):
    office = at("moderator")
    assert office.post("/accounts/", {"label": "Team of the night", "language": "de"}).status_code == 302
    assert '<span class="cut" dir="auto">Team of the night</span>' in text(office.get("/fr/desk/"))
    assert office.post("/accounts/", {"label": "", "language": "de"}).status_code == 302
    assert '<span class="cut" dir="auto">Modération</span>' in text(office.get("/fr/desk/"))


def test_the_roles_of_mandates_and_offices_are_in_the_reader_s_language(world, at):
    english = re.compile(r"> *(· )?(coordinator|signatory|observer|moderator|secretariat)\b(?!@)[^<]*<")
    for language in LANGUAGES:
        pages = [
            text(at("official_a").get(f"/{language}/cities/{world.a.slug}/officials/")),
            text(at("official_a").get(f"/accounts/?lang={language}")),
            text(at("moderator").get(f"/accounts/?lang={language}")),
            text(at("secretariat").get(f"/accounts/?lang={language}")),
        ]
        assert [bool(english.search(page)) for page in pages] == [language == "en"] * 4, language


def test_who_accepts_is_named_in_the_language_of_the_invitation(world, visitor):
    from members.actions import officials

    invited = officials.invite(
        world.a.pk, email="neu@x.example", role="observer", language="de", actor=world.people["official_a"]
    )
    officials.accept(officials.code_of(invited), actor=None)
    person = Official.objects.get(pk=invited.pk).user
    assert (
        person.label.startswith("Beobachtung") and accounts.describe(person.pk, language="fr", actor=person).label == person.label
    )
