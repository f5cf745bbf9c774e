"""A platform run as a child, in a folder and on ports of its own, and ended with everything that it started."""

import asyncio
import contextlib
import socket
import subprocess
import sys
from pathlib import Path

import httpx2

from headway.clock import Clock
from headway.config import Config
from headway.errors import Refusal

READY_SECONDS = 60
POLL_SECONDS = 0.05
LOG_LINES = 15


class Child:
    """`headway up` in a process group of its own, so that a Ctrl-C on the terminal does not reach it first."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self.config = config
        self._clock = clock
        self._log = config.folder / "up.log"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Return when every part is ready; Refusal, with the end of its log, when it ends or takes too long."""
        self.config.folder.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *_headway("up", self.config),
                cwd=self.config.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until = self._clock.monotonic() + READY_SECONDS
        async with httpx2.AsyncClient(trust_env=False) as http:
            while not await self._healthy(http):
                if self._process.returncode is not None or self._clock.monotonic() > until:
                    raise Refusal(f"the platform did not start:\n{self._last_lines()}")
                await self._clock.sleep(POLL_SECONDS)

    async def _healthy(self, http: httpx2.AsyncClient) -> bool:
        try:
            return (await http.get(f"http://{self.config.listen}/healthz")).status_code == 200
        except httpx2.TransportError:
            return False

    async def end(self) -> None:
        """Apps, router and control plane are gone when this returns."""
        down = await asyncio.create_subprocess_exec(
            *_headway("down", self.config), cwd=self.config.folder, start_new_session=True
        )
        await down.wait()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        if down.returncode:
            raise Refusal(f"not everything could be ended; see {self._log}")

    def _last_lines(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-LOG_LINES:])


def free_addresses(count: int) -> list[str]:
    """Addresses on the loopback where nothing listened a moment ago."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [f"127.0.0.1:{it.getsockname()[1]}" for it in sockets]
    finally:
        for it in sockets:
            it.close()


def scratch_platform(folder: Path) -> Config:
    """Settings of a platform that disturbs nobody."""
    listen, apps, attach, ssh = free_addresses(4)
    return Config(data=str(folder), listen=listen, apps=apps, attach=attach, ssh=ssh)


def _headway(verb: str, config: Config) -> list[str]:
    given = ["--data", config.data]
    if verb == "up":
        for name in ("listen", "apps", "attach", "ssh"):
            given += [f"--{name}", getattr(config, name)]
    return [sys.executable, "-m", "headway", verb, *given]
