"""Asking the network as a program does that does not give up: what did not come through is asked again, unless it had happened."""

import threading
import time
from collections import Counter
from collections.abc import Callable

import httpx

PATIENCE = 300.0  # seconds after which something that should be possible is given up as lost
SLOW = 2.0  # seconds in which a page answers, whatever rests


class Tally:
    """What was answered, and how fast, over all callers."""

    def __init__(self):
        self._lock = threading.Lock()
        self.statuses: Counter[int] = Counter()
        self.faults: list[str] = []  # answers that must not be
        self.slow: list[tuple[float, str, float]] = []  # seconds, what was asked, when
        self.longest = 0.0
        self.cut = 0  # connections that ended without an answer
        self.asked = 0

    def note(self, what: str, seconds: float, status: int | None) -> None:
        with self._lock:
            self.asked += 1
            if status is None:
                self.cut += 1
                return
            self.statuses[status] += 1
            if status == 500:
                self.faults.append(what)
            if what.startswith("GET"):
                self.longest = max(self.longest, seconds)
                if seconds > SLOW:
                    self.slow.append((seconds, what, time.monotonic() - seconds))


class Caller:
    """One person's program, or (without a token) a visitor's browser. One thread uses it."""

    def __init__(self, url: str, tally: Tally, token: str = ""):
        headers = {"Accept-Language": "en", **({"Authorization": f"Bearer {token}"} if token else {})}
        self.http = httpx.Client(base_url=url, headers=headers, timeout=30)
        self.tally = tally

    def ask(self, method: str, path: str, **given) -> httpx.Response | None:
        """The answer, or None when the connection was cut."""
        began = time.monotonic()
        try:
            answer = self.http.request(method, path, **given)
        except httpx.TransportError:
            self.tally.note(f"{method} {path}", time.monotonic() - began, None)
            return None
        self.tally.note(f"{method} {path}", time.monotonic() - began, answer.status_code)
        return answer

    def read(self, path: str, **params):
        """What stands at this address of the API, once it can be read."""
        return lasting(lambda: self._read(path, params), f"reading {path}")

    def _read(self, path: str, params: dict):
        answer = self.ask("GET", f"/api/v1/{path}", params=params or None)  # {} would take away the question that `path` bears
        return answer.json() if answer is not None and answer.status_code == 200 else None

    def do(self, path: str, body: dict | None, happened: Callable[[], object], **given):
        """Post until it is accepted. A refusal or a cut may hide that it was done before: `happened` finds that out."""
        return lasting(lambda: self._done(path, body, given) or happened(), f"posting {path}")

    def _done(self, path: str, body: dict | None, given: dict):
        answer = self.ask("POST", f"/api/v1/{path}", **(given or {"json": body or {}}))
        if answer is not None and answer.status_code < 300:
            return answer.json() if answer.content else True
        return None


def lasting(probe: Callable[[], object], about: str):
    """What `probe` gives as soon as it gives something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := probe():
            return found
        time.sleep(0.4)
    raise AssertionError(f"{about}: nothing for {PATIENCE:.0f} s")
