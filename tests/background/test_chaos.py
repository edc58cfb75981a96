"""Workers of the real house are killed at random moments: nothing is lost, and nothing that a person could notice happens twice."""

import itertools
import random
import signal
import time
from collections import Counter
from email import message_from_bytes

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from alliance.background.models import Claim, Setback
from members.actions.letters import owe
from members.models import Letter
from tests import factories
from tests.processes import processes, until

pytestmark = pytest.mark.django_db(transaction=True)

LETTERS = 200
DEATHS = 8


@pytest.fixture
def house(tmp_path, words):
    """`house()` starts one more worker of the real house."""
    number = itertools.count()
    with processes(words, DATA_DIR=str(tmp_path)) as start:
        yield lambda: start("manage.py", "worker", "--name", f"w{next(number)}")


def test_three_workers_killed_at_random_send_every_letter_once(house, tmp_path, words):
    chance = random.Random(20261125)
    city = factories.city("bologna")
    workers = [house() for _worker in range(3)]
    until(lambda: words.read_text().count("is at work") >= 2)
    owed = 0
    for _death in range(DEATHS):
        with transaction.atomic():
            for number in range(owed, owed + LETTERS // DEATHS):
                facts = {"city": city.pk, "role": "coordinator"}
                owe(
                    key=f"trial:{number}", to=f"office{number}@city.example", language="fr", template="mandate_ended", facts=facts
                )
        owed += LETTERS // DEATHS
        time.sleep(chance.uniform(0.0, 0.12))
        victim = chance.randrange(3)
        workers[victim].send_signal(signal.SIGKILL)
        workers[victim].wait()
        workers[victim] = house()
    until(
        lambda: not DBTaskResult.objects.filter(status__in=["READY", "RUNNING"], task_path="members.tasks.send_letter").exists(),
        200,
    )
    letters = [message_from_bytes(file.read_bytes()) for file in (tmp_path / "mail").glob("*.eml")]
    assert Counter(letter["To"] for letter in letters) == {f"office{number}@city.example": 1 for number in range(LETTERS)}
    assert Letter.objects.filter(key__startswith="trial:", sent_at=None).count() == 0
    done = DBTaskResult.objects.filter(task_path="members.tasks.send_letter")
    assert Counter(done.values_list("status", flat=True)) == {"SUCCESSFUL": LETTERS}
    assert not Claim.objects.filter(task__in=done).exists()
    said = words.read_text()
    assert "Traceback" not in said, said[-3000:]
    print(f"{DEATHS} workers killed, {Setback.objects.count()} tasks taken back from them, {LETTERS} letters, none twice")
