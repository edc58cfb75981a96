"""Many at once: real threads, each with a connection of its own, that begin together."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run every act at the same moment; what each returned or raised, in the order given."""
    gate = threading.Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait(60)
            outcomes[number] = acts[number]()
        except Exception as error:  # what a lock raised must be seen, not lost with its thread
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return outcomes


def kinds(outcomes: Iterable[Any]) -> dict[str, int]:
    """How many came to what: "done", or the name of what was raised."""
    count: dict[str, int] = {}
    for outcome in outcomes:
        name = type(outcome).__name__ if isinstance(outcome, Exception) else "done"
        count[name] = count.get(name, 0) + 1
    return count
