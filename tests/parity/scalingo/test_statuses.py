"""The seven words for what an app is doing, as they are told over HTTP while real containers come and go."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from tests.journeys.driving import SETTINGS, Platform, archive, platform

APP = "/v1/apps/gated-app"
QUICK = f"{SETTINGS}crash_delays_seconds = [0.0]\n"
GATED = """
import http.server, os, socket, threading

gate = socket.create_connection(("127.0.0.1", int(os.environ["GATE"])))
if gate.recv(1) != b"1":
    os._exit(1)
handler = http.server.SimpleHTTPRequestHandler
server = http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
gate.recv(1)
os._exit(1)
"""
"""An app that serves once it is told to, and dies when it is told to."""


@dataclass
class Gate:
    """Each container that begins comes here and waits; what the app was called at that moment is kept."""

    made: Platform
    word: bytes = b"1"
    seen: list[str] = field(default_factory=list[str])
    inside: list[asyncio.StreamWriter] = field(default_factory=list[asyncio.StreamWriter])

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.inside.append(writer)
        try:
            self.seen.append(await status(self.made))
            writer.write(self.word)
            await reader.read()
        finally:
            self.inside.remove(writer)
            writer.close()

    async def while_done(self, path: str, body: object) -> list[str]:
        """What the app was called while an operation began its containers."""
        self.seen.clear()
        assert (await self.made.change(f"{APP}{path}", body))["status"] == "done"
        return list(self.seen)

    def kill_all(self) -> None:
        """Whoever is inside dies, and whoever comes again, too."""
        self.word = b"0"
        for writer in self.inside:
            writer.write(b"0")


@asynccontextmanager
async def gated(made: Platform) -> AsyncIterator[tuple[Gate, int]]:
    gate = Gate(made)
    server = await asyncio.start_server(gate, "127.0.0.1", 0)
    try:
        yield gate, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        while gate.inside:
            for writer in gate.inside:
                writer.close()
            await asyncio.sleep(0)


async def status(made: Platform) -> str:
    return (await made.ask("GET", APP)).json()["app"]["status"]


async def given_up(made: Platform) -> None:
    """Return when every container was: nobody tells of that."""
    while set((await made.containers("gated-app")).values()) != {"crashed"}:
        await asyncio.sleep(0.05)


@pytest.mark.slow
async def test_an_app_is_called_what_it_does() -> None:
    async with platform(QUICK) as made, gated(made) as (gate, port):
        await made.create("gated-app")
        assert await status(made) == "new"
        await made.ask("POST", f"{APP}/variables", json={"variable": {"name": "GATE", "value": str(port)}})

        files = {"app.py": GATED, "Procfile": "web: exec python3 -u app.py\n"}
        assert (await made.deploy("gated-app", archive(files)))["status"] == "success"
        assert gate.seen == ["booting"]
        assert await status(made) == "running"

        scaled = await gate.while_done("/scale", {"containers": [{"name": "web", "amount": 2}]})
        assert (scaled, await status(made)) == (["scaling"], "running")
        assert await gate.while_done("/restart", {}) == ["restarting", "restarting"]
        assert await status(made) == "running"

        gate.kill_all()
        await given_up(made)
        assert await status(made) == "crashed"

        gate.word = b"1"
        assert await gate.while_done("/restart", {}) == ["restarting", "restarting"]
        assert await status(made) == "running"
        assert await gate.while_done("/scale", {"containers": [{"name": "web", "amount": 0}]}) == []
        assert await status(made) == "stopped"
