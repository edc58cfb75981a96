"""Limits hold for all processes together, and a one-time code is good once, whichever process it is shown to."""

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from alliance.background import tasks
from alliance.background.models import Remembered
from tests.databases import url_of

from .together import kinds, together

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.django_db(transaction=True)
ELSEWHERE = """
import json, os, sys
import django; django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS = ["*"]
from django.core.cache import cache
from rest_framework.test import APIClient
client = APIClient()
answers = [client.post("/api/v1/officials/accept/", {"code": "WRONG"}, format="json").status_code for _ in range(int(sys.argv[1]))]
print(json.dumps(answers))
"""


def _elsewhere(tmp_path, times: int) -> list[int]:
    surroundings = os.environ | {
        "DATABASE_URL": url_of(connection.settings_dict), "DATA_DIR": str(tmp_path), "API_SPARINGLY": "10/hour",
        "DJANGO_SETTINGS_MODULE": "alliance.settings",
    }  # fmt: skip
    command = [sys.executable, "-c", ELSEWHERE, str(times)]
    ended = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


def test_guesses_in_one_process_count_in_the_next(transactional_db, tmp_path):
    answers = [*_elsewhere(tmp_path, 6), *_elsewhere(tmp_path, 6)]
    assert Counter(answers) == {400: 10, 429: 2} and answers[-2:] == [429, 429]


def test_of_many_who_use_a_code_at_once_one_does(transactional_db):
    outcomes = together(*(lambda: cache.add("code:123456", True, 60) for _try in range(12)))
    assert kinds(outcomes) == {"done": 12} and outcomes.count(True) == 1


def test_what_is_over_is_forgotten(transactional_db):
    cache.set("kept", 1, 3600)
    cache.set("over", 1, 3600)
    Remembered.objects.filter(cache_key__endswith="over").update(expires=timezone.now() - timedelta(seconds=1))
    assert tasks.forget.call() == 1
    assert cache.get("kept") == 1 and cache.get("over") is None
