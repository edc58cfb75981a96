"""A statement that is asked again and again is planned once for a connection. SQLite does so by itself."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.search.rechecking import visible
from members.policies.standing import standing_of
from tests import factories


@pytest.mark.django_db
@pytest.mark.service("DATABASE_URL")
def test_the_recheck_of_a_search_is_planned_once():
    who = standing_of(factories.official(factories.city("lyon"), "coordinator"))
    with CaptureQueriesContext(connection) as told:
        for ids in ([1], [40_000, 2, 10**12], list(range(20))):
            visible(who, {"practice": ids, "message": ids})
    assert len(told) == 3 and "40000" in told[1]["sql"] and "%s" not in told[1]["sql"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(generic_plans), sum(custom_plans) FROM pg_prepared_statements")  # with those of earlier tests
        generic, custom = cursor.fetchone()
    assert generic >= 3 and custom == 0
