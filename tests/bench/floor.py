"""The least a Python server can do: uvloop, and the same bytes whatever comes. `python -m tests.bench.floor PORT LENGTH`."""

import asyncio
import sys

import uvloop


class Floor(asyncio.Protocol):
    answer: bytes

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, _data):
        self.transport.write(self.answer)


async def serve(port: int, length: int) -> None:
    """Answer with `length` bytes in all, for ever."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %07d\r\n\r\n"
    body = length - len(head % 0)
    Floor.answer = head % body + b"x" * body
    server = await asyncio.get_running_loop().create_server(Floor, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1]), int(sys.argv[2])))
