"""Frames, byte by byte."""

import pytest
from websockets.frames import Frame, Opcode

from alliance.live.frames import framed, text_of, written


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_a_frame_is_what_the_library_would_write(size):
    payload = b"x" * size
    assert framed(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)
    assert text_of(framed(payload)) == payload.decode()


def test_what_is_said_names_room_and_seq():
    assert (
        written("message.posted", {"text": "é"}, room=7, seq=41)
        == '{"event":"message.posted","room":7,"seq":41,"data":{"text":"é"}}'.encode()
    )
    assert written("notice.new", {}) == b'{"event":"notice.new","data":{}}'
    assert text_of(framed("سلام é 👍".encode())) == "سلام é 👍"
