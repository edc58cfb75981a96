"""The hub: who hears what, when, and at whose expense."""

import asyncio

from alliance.live import hub as rules
from alliance.live.frames import framed
from alliance.live.hub import HELD_MOST, Hub
from alliance.live.listeners import BACKLOG


class Line:
    """A client's line as our protocol lends it: it takes what it gets, or lets it wait."""

    def __init__(self, stalled: bool = False):
        self.open, self.paused, self.stirred = True, False, None
        self.stalled, self.pieces, self.kept, self.aborted = stalled, [], 0, False

    @property
    def free(self):
        return self.open and not self.paused

    def write(self, data: bytes) -> None:
        if not self.open:
            raise RuntimeError("closed")
        self.pieces.append(data)
        if self.stalled:
            self.kept += len(data)
            if not self.paused:
                self.paused = True
                self.stirred()

    def waiting(self) -> int:
        return self.kept

    def shut(self):
        self.open = False
        self.stirred()

    def abort(self):
        self.aborted = True
        self.shut()


async def nothing(*_given):
    await asyncio.sleep(0)


def lined(hub: Hub, group: str, line: Line):
    listener = hub.listener(nothing, nothing, line)
    hub.join(group, listener)
    return listener


async def settled():
    for _ in range(5):
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)


async def test_the_first_goes_out_at_once_and_the_rest_of_a_burst_in_one_piece(monkeypatch):
    monkeypatch.setattr(rules, "WINDOW", 60.0)  # the burst is one, however long this process has to wait for its turn
    hub, line = Hub(), Line()
    lined(hub, "room.1", line)
    said = [f'{{"seq":{n}}}'.encode() for n in range(8)]
    for payload in said:
        hub.publish("room.1", payload)
    assert line.pieces == [framed(said[0])]
    await settled()
    assert line.pieces == [framed(said[0]), b"".join(map(framed, said[1:]))]


async def test_a_lone_sender_never_waits_for_the_window():
    hub, line = Hub(), Line()
    lined(hub, "room.1", line)
    for number in range(5):
        hub.publish("room.1", b"%d" % number)
        for _ in range(3):
            await asyncio.sleep(0)
        assert len(line.pieces) == number + 1


async def test_an_endless_burst_is_written_in_order_and_within_bounds():
    hub, line = Hub(), Line()
    lined(hub, "room.1", line)
    frames = [framed(str(number).encode() + b" " * 3_000) for number in range(200)]
    for frame in frames:
        hub.carry("room.1", frame)
    await settled()
    assert b"".join(line.pieces) == b"".join(frames)
    assert max(map(len, line.pieces)) <= HELD_MOST + 4_000


async def test_a_burst_never_outlasts_its_window():
    hub, line = Hub(), Line()
    lined(hub, "room.1", line)
    for number in range(2_000):
        hub.publish("room.1", b"%d" % number)
        await asyncio.sleep(0)
    assert len(line.pieces) > 2, "frames are held only as long as the window"
    await settled()
    assert b"".join(line.pieces) == b"".join(framed(b"%d" % number) for number in range(2_000))


async def test_a_stalled_listener_is_cut_and_the_others_hear_everything():
    hub, lines = Hub(), [Line() for _ in range(3)] + [Line(stalled=True)]
    for line in lines:
        lined(hub, "room.1", line)
    payload, count = b"y" * 10_000, BACKLOG // 10_000 + 50
    for _ in range(count):
        hub.publish("room.1", payload)
    await settled()
    assert lines[3].aborted and lines[3].kept <= BACKLOG + 2 * HELD_MOST
    for line in lines[:3]:
        assert b"".join(line.pieces) == framed(payload) * count and not line.aborted


async def test_a_line_that_went_silently_takes_nothing_from_the_others():
    hub, lines = Hub(), [Line() for _ in range(9)]
    for line in lines:
        lined(hub, "room.1", line)
    hub.publish("room.1", b"1")
    for line in lines[::2]:
        line.open = False  # as a transport that broke before its protocol heard of it
    hub.publish("room.1", b"2")
    await settled()
    assert [len(line.pieces) for line in lines] == [1, 2] * 4 + [1]


async def test_without_our_protocol_a_blocked_listener_blocks_nobody():
    heard, ended, blocked = [], [], asyncio.Event()

    async def hear(text):
        heard.append(text)

    async def block(text):
        await blocked.wait()

    async def end(code):
        ended.append(code)

    hub = Hub()
    hub.join("room.1", hub.listener(hear, end))
    hub.join("room.1", hub.listener(block, end))
    for number in range(300):
        hub.publish("room.1", str(number).encode() + b" " * 5_000)
        await asyncio.sleep(0)
    await settled()
    assert [int(text) for text in heard] == list(range(300))
    assert ended == [1013]


async def test_without_our_protocol_a_listener_that_waited_hears_the_rest_in_order():
    heard, gate, tasks = [], asyncio.Event(), len(asyncio.all_tasks())

    async def slow(text):
        if text == "3":
            await gate.wait()
        heard.append(text)

    hub = Hub()
    hub.join("room.1", hub.listener(slow, nothing))
    for number in range(10):
        hub.publish("room.1", b"%d" % number)
    await settled()
    assert heard == ["0", "1", "2"] and len(asyncio.all_tasks()) == tasks + 1
    gate.set()
    await settled()
    assert heard == [str(number) for number in range(10)] and len(asyncio.all_tasks()) == tasks


async def test_without_our_protocol_a_backlog_is_counted_in_bytes_whatever_the_script():
    ended, heard, may, hub = [], [], asyncio.Semaphore(0), Hub()

    async def slow(text):
        await may.acquire()
        heard.append(text)

    async def end(code):
        ended.append(code)

    hub.join("room.1", hub.listener(slow, end))
    payload = ("سلام" * 5_000).encode()
    rounds = 4 * BACKLOG // len(payload)
    for _ in range(2):
        hub.publish("room.1", payload)
    for number in range(rounds):  # one or two always wait, and never more
        hub.publish("room.1", payload)
        may.release()
        while not ended and len(heard) <= number:
            await asyncio.sleep(0)
    await settled()
    assert ended == [] and len(heard) == rounds


async def test_without_our_protocol_a_socket_that_fails_is_left_alone():
    calls = []

    async def fail(text):
        calls.append(text)
        raise OSError("gone")

    hub = Hub()
    hub.join("room.1", hub.listener(fail, nothing))
    for _ in range(3):
        hub.publish("room.1", b"x")
        await settled()
    assert calls == ["x"]


async def test_who_left_hears_nothing_more_and_groups_end_with_their_last_listener():
    hub, lines = Hub(), [Line(), Line()]
    first, second = (hub.listener(nothing, nothing, line) for line in lines)
    assert hub.join("room.1", first) is True and hub.join("room.1", second) is False and hub.join("room.2", first) is True
    assert hub.publish("room.1", b"{}") == 2 and hub.publish("room.3", b"{}") == 0
    await settled()
    assert sorted(hub.leave_all(first)) == ["room.2"]
    assert hub.publish("room.1", b"{}") == 1
    await settled()
    assert [len(line.pieces) for line in lines] == [1, 2]
    assert hub.leave_all(second) == ["room.1"] and hub.groups == {} and hub.everybody() == []
    assert hub._ways == {} and hub._wrote == {} and hub._held == {}
