"""Workers of the real house are killed at random moments: nothing is lost, and nothing that a person could notice happens twice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from email import message_from_bytes

import pytest
from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult

from alliance.background.models import Claim, Setback
from members.actions.letters import owe
from members.models import Letter
from tests import factories
from tests.databases import url_of

from .conftest import ROOT, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

LETTERS = 200
DEATHS = 8


@pytest.fixture
def house(tmp_path):
    """`house()` starts one more worker of the real house."""
    surroundings = os.environ | {
        "DATABASE_URL": url_of(connection.settings_dict), "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "alliance.settings",
    }  # fmt: skip
    started = []

    def start():
        with (tmp_path / "workers.log").open("ab") as words:
            command = [sys.executable, "-u", "manage.py", "worker", "--name", f"w{len(started)}"]
            started.append(subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=words, stderr=words))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def test_three_workers_killed_at_random_send_every_letter_once(house, tmp_path):
    chance = random.Random(20261125)
    city = factories.city("bologna")
    workers = [house() for _worker in range(3)]
    until(lambda: (tmp_path / "workers.log").read_text().count("is at work") >= 2, 60)
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
        120,
    )
    letters = [message_from_bytes(file.read_bytes()) for file in (tmp_path / "mail").glob("*.eml")]
    assert Counter(letter["To"] for letter in letters) == {f"office{number}@city.example": 1 for number in range(LETTERS)}
    assert Letter.objects.filter(key__startswith="trial:", sent_at=None).count() == 0
    done = DBTaskResult.objects.filter(task_path="members.tasks.send_letter")
    assert Counter(done.values_list("status", flat=True)) == {"SUCCESSFUL": LETTERS}
    assert not Claim.objects.filter(task__in=done).exists()
    said = (tmp_path / "workers.log").read_text()
    assert "Traceback" not in said, said[-3000:]
    print(f"{DEATHS} workers killed, {Setback.objects.count()} tasks taken back from them, {LETTERS} letters, none twice")
