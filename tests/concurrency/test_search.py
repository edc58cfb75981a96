"""A thing is published while an earlier task looks for it: search finds it in the end."""

import threading

import pytest
from django.db import connection

from alliance import background
from alliance.search.engines import Question, engine
from alliance.search.tasks import refresh
from exchanges.actions import practices
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("look", [1, 2])
def test_a_practice_published_between_two_looks_is_found(world, look):
    practice = factories.practice(world.a, by=world.people["official_a"], state="submitted", texts={"title": "Cisterns"})
    looks = 0

    def publish():
        practices.publish(practice.pk, actor=world.people["secretariat"])
        connection.close()

    def after(execute, sql, params, many, context):
        nonlocal looks
        found = execute(sql, params, many, context)
        if 'FROM "exchanges_practice"' in sql:
            looks += 1
            if looks == look:
                other = threading.Thread(target=publish)
                other.start()
                other.join(30)
        return found

    with connection.execute_wrapper(after):
        refresh.call("practice", practice.pk)
    assert looks >= look
    background.run_waiting()
    hits = engine().ask(Question("cisterns", tokens=frozenset({"public"}))).hits
    assert [(hit.kind, hit.id) for hit in hits] == [("practice", practice.pk)]
