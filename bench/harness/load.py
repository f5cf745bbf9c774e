"""Constant load on one entry, and the ears for instances that tell that they accept connections.

Told by lines on its input, it answers each with a line of JSON:

    enter PORT      from now on requests go there
    begin COUNT     forget what was; wait until COUNT instances that were not known have told that they accept
                    connections, and one of them has answered a request: after how many milliseconds that was
    end             what has failed since `begin`, of how many

Each request has a connection of its own and begins when it is due, whether or not those before are answered. Failed is:
refused, reset, cut short, anything but 200, and no answer within ten seconds.
"""

import asyncio
import contextlib
import json
import sys
import time
from collections import Counter
from typing import Any

TIMEOUT_SECONDS = 10


class Load(asyncio.DatagramProtocol):
    """Asks, and listens."""

    def __init__(self, host: str, rate: float) -> None:
        self._request = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        self._rate = rate
        self._port = 0
        self._entered = asyncio.Event()
        self._known: set[str] = set()
        self._new: set[str] = set()
        self._has_answered = False
        self._changed = asyncio.Event()
        self._sent = 0
        self._failed: Counter[str] = Counter()
        self._flying: set[asyncio.Task[None]] = set()

    def datagram_received(self, data: bytes, addr: object) -> None:
        """An instance accepts connections."""
        del addr
        if data.decode() not in self._known:
            self._new.add(data.decode())
            self._changed.set()

    def enter(self, port: int) -> None:
        """Begin to ask."""
        self._port = port
        self._entered.set()

    async def ask_for_ever(self) -> None:
        """One request each time that one is due."""
        await self._entered.wait()
        due = time.perf_counter()
        while True:
            task = asyncio.create_task(self._ask())
            self._flying.add(task)
            task.add_done_callback(self._flying.discard)
            due += 1 / self._rate
            await asyncio.sleep(due - time.perf_counter())

    async def begin(self, count: int) -> float:
        """How many milliseconds until `count` new ones are there and one of them serves."""
        began = time.perf_counter()
        self._known |= self._new
        self._new.clear()
        self._failed.clear()
        self._sent, self._has_answered = 0, False
        print(json.dumps("begun"), flush=True)
        while len(self._new) < count or not self._has_answered:
            self._changed.clear()
            await self._changed.wait()
        return (time.perf_counter() - began) * 1000

    async def end(self) -> dict[str, Any]:
        """What has failed, once all that was asked has been answered."""
        if self._flying:
            await asyncio.wait(list(self._flying))
        return {"sent": self._sent, "failed": sum(self._failed.values()), "why": dict(self._failed)}

    async def _ask(self) -> None:
        failed, self._sent = self._failed, self._sent + 1
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                status, body = await self._answer()
        except (OSError, TimeoutError, EOFError, ValueError) as error:
            failed[type(error).__name__] += 1
        else:
            if status != 200:
                failed[str(status)] += 1
            elif body in self._new:
                self._has_answered = True
                self._changed.set()

    async def _answer(self) -> tuple[int, str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(self._request)
            head = await reader.readuntil(b"\r\n\r\n")
            lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            body = await reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b""
            return int(head.split(b" ", 2)[1]), body.decode(errors="replace")
        finally:
            writer.close()


async def main() -> None:
    """Carry out what the lines say."""
    asked = json.loads(sys.argv[1])
    loop = asyncio.get_running_loop()
    load = Load(asked["host"], asked["rate"])
    transport, _ = await loop.create_datagram_endpoint(lambda: load, local_addr=("127.0.0.1", 0))
    print(json.dumps(transport.get_extra_info("sockname")[1]), flush=True)
    asking = asyncio.create_task(load.ask_for_ever())
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := (await lines.readline()).split():
        if line[0] == b"enter":
            load.enter(int(line[1]))
        else:
            told = await (load.begin(int(line[1])) if line[0] == b"begin" else load.end())
            print(json.dumps(told), flush=True)
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking


if __name__ == "__main__":
    asyncio.run(main())
