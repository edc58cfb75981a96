"""Letters: owed in the transaction of what happened, written by a task, once, in the reader's language."""

import email
from email.policy import default

import pytest
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from alliance import background
from members.actions import letters, officials
from members.mail import smtp_options
from members.models import Letter
from tests import factories

LANGUAGES = ("fr", "en", "es", "it", "de", "pt", "ar")


@pytest.fixture
def invited(db, committed):
    city = factories.city("bologna", language="it")
    with committed():
        return officials.invite(
            city.pk, email="new@bologna.example", role="observer", language="it", actor=factories.official(city, "coordinator")
        )


def test_a_letter_is_owed_in_the_transaction_and_falls_with_it(db):
    city = factories.city("bologna", language="it")
    coordinator = factories.official(city, "coordinator")
    with pytest.raises(RuntimeError), transaction.atomic():
        officials.invite(city.pk, email="x@bologna.example", role="observer", language="it", actor=coordinator)
        assert Letter.objects.filter(to="x@bologna.example").exists()
        raise RuntimeError("the power fails")
    assert not Letter.objects.filter(to="x@bologna.example").exists()


def test_a_letter_is_sent_once_however_often_the_task_runs(invited, mailoutbox):
    letter = Letter.objects.get(to=invited.email)
    assert letter.sent_at is not None and len(mailoutbox) == 1
    letters.send(letter.pk)
    letters.send(99_999_999)
    assert len(mailoutbox) == 1


def test_a_letter_that_failed_is_still_owed_and_is_the_same_letter(db, committed, monkeypatch, mailoutbox, settings):
    city = factories.city("bologna", language="it")
    coordinator = factories.official(city, "coordinator")
    officials.invite(city.pk, email="new@bologna.example", role="observer", language="it", actor=coordinator)
    letter = Letter.objects.get(to="new@bologna.example")

    def down(*_args, **_kwargs):
        raise OSError("no route to host")

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", down)
        with pytest.raises(OSError):
            letters.send(letter.pk)
    letter.refresh_from_db()
    assert letter.sent_at is None and mailoutbox == []
    letters.send(letter.pk)
    assert mailoutbox[0].extra_headers["Message-ID"].startswith(f"<letter-{letter.pk}@")


def test_the_same_occasion_owes_one_letter(db):
    with transaction.atomic():
        first = letters.owe(key="k", to="a@b.example", language="fr", template="mandate_ended", facts={})
        again = letters.owe(key="k", to="a@b.example", language="fr", template="mandate_ended", facts={})
    assert first == again and Letter.objects.filter(key="k").count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_is_plain_text_with_its_code_alone_on_a_line(db, committed, mailoutbox, language):
    city = factories.city("alexandria", language="ar")
    coordinator = factories.official(city, "coordinator")
    with committed():
        made = officials.invite(city.pk, email="n@a.example", role="contributor", language=language, actor=coordinator)
    letter = mailoutbox[-1]
    assert officials.code_of(made) in letter.body.splitlines()
    assert f"/{language}/invitation/" in letter.body
    assert "&" not in letter.body and "{{" not in letter.body and "\n" not in letter.subject
    assert letter.extra_headers["Content-Language"] == language
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_code_is_never_among_the_facts_of_a_letter_or_a_task(invited):
    from django_tasks_db.models import DBTaskResult

    code = officials.code_of(invited)
    assert code not in str(list(Letter.objects.values())) + str(list(DBTaskResult.objects.values()))


def test_without_a_mail_server_letters_go_to_a_folder(tmp_path, settings):
    settings.DATA_DIR, settings.EMAIL_URL = tmp_path, ""
    message = EmailMessage(
        "Objet é", "Votre code :\n\nABCD2345\n", to=["../../évil@x.example"], headers={"Message-ID": "<letter-1@x>"},
        connection=get_connection("members.mail.Backend"),
    )  # fmt: skip
    assert message.send() == 1 and message.send() == 1
    (kept,) = tmp_path.rglob("*.eml")
    assert kept.parent == tmp_path / "mail"
    read = email.message_from_bytes(kept.read_bytes(), policy=default)
    assert read["Subject"] == "Objet é" and "ABCD2345" in read.get_content().splitlines()


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://host:notaport"])
def test_an_address_of_a_mail_server_that_cannot_be_read_is_refused_in_a_sentence(url):
    from django.core.exceptions import ImproperlyConfigured

    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL cannot be read"):
        smtp_options(url)


def test_a_mail_server_is_read_from_one_address():
    read = smtp_options("smtp://user%40x:p%3Aw@mail.example:2525/?tls=1")
    assert (read["host"], read["port"], read["username"], read["password"]) == ("mail.example", 2525, "user@x", "p:w")
    assert read["use_tls"] and not read["use_ssl"]
    assert smtp_options("smtps://mail.example")["port"] == 465


def test_waiting_letters_go_when_the_worker_runs(db, django_capture_on_commit_callbacks, mailoutbox):
    city = factories.city("bologna", language="it")
    coordinator = factories.official(city, "coordinator")
    with django_capture_on_commit_callbacks(execute=True):
        officials.invite(city.pk, email="n@b.example", role="observer", language="it", actor=coordinator)
    assert mailoutbox == []
    background.run_waiting()
    assert [letter.to for letter in mailoutbox] == [["n@b.example"]]
