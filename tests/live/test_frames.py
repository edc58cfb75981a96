"""Frames and the hub, byte by byte and listener by listener."""

import asyncio

import pytest
from websockets.frames import Frame, Opcode

from alliance.live.frames import framed, written
from alliance.live.hub import BACKLOG, Hub, Member


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_a_frame_is_what_the_library_would_write(size):
    payload = b"x" * size
    assert framed(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)


def test_what_is_said_names_room_and_seq():
    assert (
        written("message.posted", {"text": "é"}, room=7, seq=41)
        == '{"event":"message.posted","room":7,"seq":41,"data":{"text":"é"}}'.encode()
    )
    assert written("notice.new", {}) == b'{"event":"notice.new","data":{}}'


class Line:
    """A client's line that takes what it gets, or only counts it."""

    open = True

    def __init__(self, stalled: bool = False):
        self.stalled, self.frames, self.waiting, self.aborted = stalled, [], 0, False

    def write(self, frame: bytes) -> int:
        self.frames.append(frame)
        self.waiting += len(frame) if self.stalled else 0
        return self.waiting

    def abort(self):
        self.aborted = True


async def nothing(*_given):
    await asyncio.sleep(0)


async def test_a_stalled_listener_is_cut_and_the_others_hear_everything():
    hub, lines = Hub(), [Line() for _ in range(3)] + [Line(stalled=True)]
    for line in lines:
        hub.join("room.1", Member(nothing, nothing, line))
    payload, count = b"y" * 10_000, BACKLOG // 10_000 + 50
    for _ in range(count):
        hub.publish("room.1", payload)
    assert lines[3].aborted and len(lines[3].frames) < count
    for line in lines[:3]:
        assert line.frames == [framed(payload)] * count and not line.aborted


async def test_without_our_protocol_a_blocked_member_blocks_nobody():
    heard, blocked = [], asyncio.Event()

    async def hear(text):
        heard.append(text)

    async def block(text):
        await blocked.wait()

    ended = []

    async def end(code):
        ended.append(code)

    hub = Hub()
    hub.join("room.1", Member(hear, nothing))
    hub.join("room.1", Member(block, end))
    for number in range(300):
        hub.publish("room.1", str(number).encode() + b" " * 5_000)
        await asyncio.sleep(0)
    await asyncio.sleep(0.05)
    assert [int(text) for text in heard] == list(range(300))
    assert ended == [1013]


async def test_groups_end_with_their_last_member():
    hub, member = Hub(), Member(nothing, nothing, Line())
    assert hub.join("room.1", member) is True and hub.join("room.2", member) is True
    assert hub.publish("room.1", b"{}") == 1 and hub.publish("room.3", b"{}") == 0
    assert sorted(hub.leave_all(member)) == ["room.1", "room.2"]
    assert hub.groups == {} and hub.of == {}
