"""Who may do what holds: every route × method × person has its row, and every row is what the application answers."""

import pytest

from .asking import codes_of
from .routes import keys
from .table import TABLE
from .world import WHO

# In parts, so that a slow machine is no reason to fail, and a failure says where to look.
PARTS = {
    "reading by programs": lambda key: key.startswith("GET api/"),
    "writing by programs": lambda key: " api/" in key and not key.startswith("GET "),
    "accounts": lambda key: " accounts/" in key,
    "admin": lambda key: " admin/" in key,
    "reading pages": lambda key: key.startswith("GET en/"),
    "writing in pages": lambda key: key.startswith("POST en/"),
}
PARTS["the rest"] = lambda key: not any(part(key) for name, part in PARTS.items() if name != "the rest")


def test_every_address_has_a_row_and_every_row_an_address():
    known = keys()
    assert sorted(known) == sorted(set(known))
    assert sorted(TABLE) == sorted(known), (
        f"without a row: {sorted(set(known) - set(TABLE))}; without an address: {sorted(set(TABLE) - set(known))}. "
        "`python -m tests.permissions.draw` writes the table; read what it changed."
    )


def test_every_row_speaks_of_everybody_and_none_of_a_fault_of_ours():
    for key, row in TABLE.items():
        codes = row.split()
        assert len(codes) == len(WHO), key
        assert all(code.isdigit() and 200 <= int(code) < 500 for code in codes), (key, row)


@pytest.mark.parametrize("part", PARTS)
def test_the_table_holds(world, part):
    wrong = {
        key: f"{row} is {now}"
        for key, row in TABLE.items()
        if PARTS[part](key) and (now := codes_of(key, world, world.cookies)) != row
    }
    assert not wrong


def test_who_has_no_account_gets_no_more_than_a_visitor():
    """The applicant holds codes of letters; nothing else differs. A closed account never gets more than a visitor."""
    visitor, applicant, deactivated = (WHO.index(name) for name in ("visitor", "applicant", "deactivated"))
    by_code = ("/confirm/", "/amend/", "/accept/", "en/apply/", "en/invitation/")
    for key, row in TABLE.items():
        codes = row.split()
        if codes[applicant] != codes[visitor]:
            assert any(part in key for part in by_code), (key, row)
        assert codes[deactivated] in (codes[visitor], "401"), (key, row)


def test_what_a_visitor_may_write_is_written_down_here():
    """Whoever opens another address for writing without an account has to say so in this place."""
    open_to_all = {key for key, row in TABLE.items() if not key.startswith("GET ") and row.split()[0] in ("200", "201", "204")}
    assert open_to_all == {
        "POST api/v1/applications/",
        "POST accounts/login/",
        "POST accounts/signup/",
        "POST accounts/password/reset/",
        "POST accounts/login/code/",
    }
