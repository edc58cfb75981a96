"""The indices behind one name: made, found, built aside and swapped.

The alias `<name>-v<version>` is what questions ask; it stands on the generation in use, `<name>-v<version>-<number>`. The
version is that of the mapping and of the stems: an index that another version made bears another name and is left alone.
Who writes asks first which generations there are, and writes to each of them: so nothing is lost while one is built aside.
Each has an alias `<generation>-in` of its own to be written by: Elasticsearch would make an index of any other name that it does
not know.
"""

import logging
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson

from alliance.errors import Unavailable

from . import shape
from .server import Fault, Missing, Server, resting

log = logging.getLogger("alliance.search")

LEASE = 60.0  # seconds after which a rebuild that gives no sign of life is taken for broken off
BEAT = 10.0  # seconds between two signs of life
LINES_MOST, BYTES_MOST = 500, 8_000_000  # of one request
SLOW = 60.0  # seconds for a request of a rebuild
_SEEN = "features=aliases,mappings&filter_path=*.aliases,*.mappings._meta&allow_no_indices=true"
_CONFLICT, _GONE = 409, 404


@dataclass(frozen=True)
class Generation:
    """One index. `serves`: it answers questions. `built`: it was made from everything. `beat`: its maker's last sign of life."""

    name: str
    serves: bool
    built: bool
    beat: float

    @property
    def number(self) -> int:
        return int(self.name.rpartition("-")[2])


Action = tuple[str, int, dict]  # (name of a thing, its doubled version, what is kept of it)


class Generations:
    """Everything that is done to indices as a whole."""

    def __init__(self, server: Server, name: str, *, at_once: bool):
        self.server, self.name = server, name
        self.alias = f"{name}-v{shape.VERSION}"
        self.refresh = "true" if at_once else "false"

    # --- looking ----------------------------------------------------------------------------------------------------

    def present(self, seconds: float = 5.0) -> list[Generation]:
        """The generations of this version, oldest first."""
        found = []
        for name, facts in self.server.call("GET", f"/{self.alias}-*?{_SEEN}", seconds=seconds).items():
            if re.fullmatch(rf"{re.escape(self.alias)}-\d+", name):
                meta = facts.get("mappings", {}).get("_meta", {})
                serves = self.alias in facts.get("aliases", {})
                found.append(Generation(name, serves, bool(meta.get("built")), float(meta.get("beat", 0))))
        return sorted(found, key=lambda one: one.number)

    def serving(self, seconds: float = 5.0) -> Generation | None:
        """The generation in use."""
        return next((one for one in reversed(self.present(seconds)) if one.serves), None)

    def foreign(self) -> list[str]:
        """Indices of this name that another version made."""
        found = self.server.call("GET", f"/{self.name}-v*?{_SEEN}")
        ours = re.compile(rf"{re.escape(self.name)}-v\w+-\d+")
        return sorted(name for name in found if ours.fullmatch(name) and not name.startswith(f"{self.alias}-"))

    # --- writing ----------------------------------------------------------------------------------------------------

    def targets(self) -> list[str]:
        """The indices to be written to. Makes the first one, unless another version's things wait to be taken over."""
        for _turn in (1, 2):
            if found := self.present():
                return [one.name for one in found]
            if foreign := self.foreign():
                raise resting() from Fault(
                    f"The search index {', '.join(foreign)} was made by another version; it is left alone, and a new one is built"
                    " beside it: by itself within minutes, or by manage.py reindex."
                )
            self.make(f"{self.alias}-0001", built=False, serves=True)
        return [f"{self.alias}-0001"]

    def make(self, name: str, *, built: bool, serves: bool) -> bool:
        """A new, empty generation. False when somebody else has just made it."""
        answer = self.server.call(
            "PUT",
            f"/{name}",
            {
                # "1s" as such keeps an index that nobody asked for a while from falling asleep.
                "settings": shape.SETTINGS | {"refresh_interval": "-1" if built else "1s"},
                "mappings": shape.MAPPING | {"_meta": {"built": built, "beat": time.time()}},
                "aliases": {f"{name}-in": {}} | ({self.alias: {}} if serves else {}),
            },
            fine=(400,),
        )
        if error := answer.get("error"):
            if error.get("type") != "resource_already_exists_exception":
                raise resting() from Fault(f"ELASTICSEARCH_URL: the server makes no index: {error.get('reason')}.")
            return False
        return True

    def write(self, actions: Iterable[Action]) -> None:
        """Bring these to every generation: also to one that was begun while they were under way to the others."""
        for some in _portions(actions):
            written: set[str] = set()
            while targets := [name for name in self.targets() if name not in written]:
                if self.send(targets, some):  # else one of them was taken away a moment ago
                    written.update(targets)

    def send(self, targets: Iterable[str], lines: list[tuple[bytes, bytes]], *, seconds: float = 10.0) -> bool:
        """Write to these indices; what they know better they keep. False when one of them is gone."""
        body = [
            part
            for target in targets
            for head, said in lines
            for part in (b'{"index":{"_index":"%s-in",%s}}' % (target.encode(), head), said)
        ]
        if not body:
            return True
        path = f"/_bulk?require_alias=true&refresh={self.refresh}&filter_path=errors,items.index.status,items.index.error"
        answer = self.server.call("POST", path, lines=body, seconds=seconds)
        if not answer["errors"]:
            return True
        wrong = [one["index"] for one in answer["items"] if one["index"]["status"] not in (200, 201, _CONFLICT)]
        if not wrong:
            return True
        if all(one["status"] == _GONE for one in wrong):
            return False
        [first, *_others] = [one for one in wrong if one["status"] != _GONE]
        why = Fault(f"Elasticsearch does not keep a thing: {first['error'].get('type')}: {first['error'].get('reason')}")
        if first["status"] == 400:
            raise why  # it never will: that is a fault of ours, to be seen as one
        raise resting() from why

    # --- building ---------------------------------------------------------------------------------------------------

    def build(self, actions: Iterable[Action]) -> None:
        """Make a generation aside and put it to use; what is written meanwhile is written to it as well."""
        made = self._begin()
        beat = time.monotonic()
        try:
            for some in _portions(actions):
                if not self.send([made], some, seconds=SLOW):
                    raise resting() from Fault("The search index that was being built is gone: another rebuild has taken over.")
                if time.monotonic() - beat > BEAT:
                    self._mapping(made, {"_meta": {"built": True, "beat": time.time()}})
                    beat = time.monotonic()
        except BaseException:
            with suppress(Unavailable):  # then the next rebuild removes it
                self._delete([made])
            raise
        # A swap whose answer does not come may have been done, or may yet be: what serves now is not ours to take away.
        self._swap(made)

    def _begin(self) -> str:
        found = self.present()
        self._only_stale([one for one in found if not one.serves])
        number = max((one.number for one in found), default=0) + 1
        for foreign in self.foreign():
            log.warning("The search index %s was made by another version. It is left alone, and may be deleted.", foreign)
        name = f"{self.alias}-{number:04d}"
        if not self.make(name, built=True, serves=False):
            raise resting() from Fault("Another rebuild of the search index has just begun.")
        return name

    def _only_stale(self, building: list[Generation]) -> None:
        """Remove what broken-off rebuilds left behind. Raises Unavailable while one is alive."""
        for one in building:
            if abs(time.time() - one.beat) < LEASE:
                raise resting() from Fault(
                    f"Another rebuild of the search index is under way ({one.name}); should it have broken off, it is taken over"
                    f" {LEASE:.0f} s after its last sign of life."
                )
        self._delete([one.name for one in building])

    def _swap(self, made: str) -> None:
        """Put a generation to use in one step, with every drop that is remembered."""
        old = [one.name for one in self.present() if one.serves]
        self._bring_gone(old, made)
        self.server.call("PUT", f"/{made}/_settings", {"index": {"refresh_interval": "1s"}}, seconds=SLOW)
        self.server.call("POST", f"/{made}/_refresh", seconds=SLOW)
        self._point(made, old)
        self._bring_gone(old, made)  # what was dropped between the two
        self._delete(old)

    def _point(self, made: str, old: list[str]) -> None:
        steps: list[dict] = [{"remove": {"index": name, "alias": self.alias}} for name in old]
        self.server.call("POST", "/_aliases", {"actions": [*steps, {"add": {"index": made, "alias": self.alias}}]})

    def _bring_gone(self, old: list[str], made: str) -> None:
        for name in old:
            self.server.call("POST", f"/{name}/_refresh", seconds=SLOW)
            for some in _portions(self._gone(name)):
                self.send([made], some, seconds=SLOW)

    def _gone(self, name: str) -> Iterator[Action]:
        asked: dict[str, Any] = {"size": 1000, "version": True, "query": {"term": {"gone": True}}, "sort": ["pk", "kind"]}
        while hits := self.server.call("POST", f"/{name}/_search", asked, seconds=SLOW)["hits"]["hits"]:
            for hit in hits:
                yield hit["_id"], hit["_version"], hit["_source"]
            asked["search_after"] = hits[-1]["sort"]

    def begin_anew(self) -> None:
        """An empty generation in place of all."""
        found = self.present()
        made = f"{self.alias}-{max((one.number for one in found), default=0) + 1:04d}"
        self.make(made, built=False, serves=not found)
        if found:
            self._point(made, [one.name for one in found if one.serves])
            self._delete([one.name for one in found])

    def tidy(self) -> None:
        """Remove what a rebuild left behind that broke off long ago."""
        building = [one for one in self.present() if not one.serves]
        self._delete([one.name for one in building if abs(time.time() - one.beat) > 60 * LEASE])

    def remove(self) -> None:
        """Every index of this name, of every version."""
        self._delete([*self.foreign(), *(one.name for one in self.present())])

    def _mapping(self, name: str, mapping: dict) -> None:
        self.server.call("PUT", f"/{name}/_mapping", mapping, seconds=SLOW)

    def _delete(self, names: Iterable[str]) -> None:
        for name in names:
            with suppress(Missing):
                self.server.call("DELETE", f"/{name}", seconds=SLOW)


def _portions(actions: Iterable[Action]) -> Iterator[list[tuple[bytes, bytes]]]:
    """Some actions at a time, as the two lines that each is sent as."""
    some: list[tuple[bytes, bytes]] = []
    weight = 0
    for name, version, said in actions:
        head = orjson.dumps({"_id": name, "version": version, "version_type": "external_gte"})[1:-1]
        some.append((head, orjson.dumps(said)))
        weight += len(some[-1][1])
        if len(some) >= LINES_MOST or weight >= BYTES_MOST:
            yield some
            some, weight = [], 0
    if some:
        yield some
