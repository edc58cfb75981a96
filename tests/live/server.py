"""A real server in a thread of this process: uvicorn, one group, and a hub that the test talks into."""

import asyncio
import threading

import uvicorn

from alliance.live.hub import Hub
from alliance.live.protocol import LINE
from tests.journeys.house import free_port


class Server:
    """`with Server(protocol) as server`: whoever connects hears `room.1`; `server.publish` works from any thread."""

    def __init__(self, protocol):
        self.port = free_port()
        self.url = f"ws://127.0.0.1:{self.port}/"
        self.hub = Hub()
        self.received: list[dict] = []
        self.config = uvicorn.Config(
            self.app, host="127.0.0.1", port=self.port, ws=protocol, loop="uvloop", lifespan="off", log_config=None, access_log=False, interface="asgi3",
            ws_per_message_deflate=False,
        )  # fmt: skip
        self.uvicorn = uvicorn.Server(self.config)
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        with asyncio.Runner(loop_factory=self.config.get_loop_factory()) as runner:
            self.loop = runner.get_loop()
            runner.run(self.uvicorn.serve())

    def __enter__(self):
        self.thread.start()
        while not self.uvicorn.started:
            self.thread.join(0.02)
        return self

    def __exit__(self, *_error):
        self.uvicorn.should_exit = True
        self.uvicorn.force_exit = True
        self.thread.join(10)

    async def app(self, scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        listener = self.hub.listener(
            lambda text: send({"type": "websocket.send", "text": text}),
            lambda code: send({"type": "websocket.close", "code": code}),
            scope["extensions"].get(LINE),
        )
        self.hub.join("room.1", listener)
        while (given := await receive())["type"] != "websocket.disconnect":
            self.received.append(given)
            if given.get("text") == "end":
                listener.end(4401)
        listener.closed = True
        self.hub.leave_all(listener)

    def on_loop(self, do, *given):
        """Run this on the server’s loop and wait for what it returns."""

        async def done():
            return do(*given)

        return asyncio.run_coroutine_threadsafe(done(), self.loop).result(10)

    def publish(self, payload: bytes) -> None:
        self.loop.call_soon_threadsafe(self.hub.publish, "room.1", payload)

    def listeners(self) -> int:
        return self.on_loop(lambda: len(self.hub.groups.get("room.1", ())))
