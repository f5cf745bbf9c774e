"""Ours in the `platform` benchmark: the whole control plane in a process of its own, spoken with over HTTP."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from bench import stages, traffic
from bench.contest import Figures, Left, Place, Round, Size
from bench.measure import free_port, wait_for_port
from headway.cli.client import Client, api_token
from headway.dialects.headway.wire import Operation
from headway.store import segments

HEADWAY = (sys.executable, "-m", "headway")
SETTINGS = {
    "HEADWAY_CONTAINERS_PER_TYPE_MAX": "200",
    "HEADWAY_SCALINGO_REQUESTS_PER_MINUTE": str(1 << 30),
    "HEADWAY_HOT_LOG_BYTES": str(1 << 30),
    "HEADWAY_LOG_LINES_PER_MINUTE": str(1 << 40),
    "HEADWAY_LOG_BYTES_PER_MINUTE": str(1 << 50),
}


@contextmanager
def opened(place: Place) -> Iterator[Round]:
    """A platform of its own for each round."""
    yield lambda: _round(place)


def _round(place: Place) -> Figures:
    folder = place.folder / str(time.monotonic_ns())
    with ExitStack() as stack:
        platform = stack.enter_context(up(folder))
        figures = dict(_held(platform, place.size))
        for language in stages.LANGUAGES:
            load = stack.enter_context(traffic.on(f"bench-{language}.localhost"))
            interpreter, program = stages.PROGRAMS[language]
            app = platform.deployed(
                f"bench-{language}", f"web: exec {interpreter} {program} $PORT {load.told}"
            )
            figures |= stages.changes(app, language, load, place.size)
            app.scale(0)
        figures |= _heard(platform, place.size)
    return figures


def _held(platform: "Platform", size: Size) -> Figures:
    app = platform.deployed("bench-idle", "worker: exec sleep 1000000")
    return stages.held(app.scale_worker, platform.pid, size)


def _heard(platform: "Platform", size: Size) -> Figures:
    with stages.hearing() as (told, heard):
        speaker = f"worker: exec {stages.PYTHON} speak.py {stages.lines(size)} {told}"
        app = platform.deployed("bench-speak", speaker)
        app.scale_worker(1)
        heard()
        began = time.time()
        heard()
        return stages.kept(platform.logs, "*.log", began, size, lambda: _numbers(platform.logs))


def _numbers(logs: Path) -> list[int]:
    """The numbers of all lines of the container that talks, as they are kept."""
    return [
        int(text[:8])
        for file in sorted(logs.rglob("*.log"))
        for record in _records(file)
        for said in record.lines
        if said.source == "worker-1" and " xxx" in said.text
        for text in said.text.split("\n")
    ]


def _records(file: Path) -> Iterator[segments.Record]:
    at, size = 0, file.stat().st_size
    while at < size:
        records, at = segments.forward(file, at, size)
        yield from records


class Platform:
    """A control plane that runs."""

    def __init__(self, folder: Path, pid: int, url: str, apps_port: int, runner: asyncio.Runner) -> None:
        self.pid = pid
        self.url = url
        self.logs = folder / "data" / "logs"
        self.apps_port = apps_port
        self._folder = folder
        self._runner = runner
        self.client = self.do(_client(url, api_token(folder / "data")))

    def do(self, act: Coroutine[Any, Any, Any]) -> Any:
        """Carry it out."""
        return self._runner.run(act)

    def deployed(self, name: str, procfile: str) -> "_App":
        """An app of no container yet."""
        source = self._folder / name
        shutil.copytree(stages.APPS, source, ignore=shutil.ignore_patterns("__pycache__"))
        (source / "Procfile").write_text(f"{procfile}\n")
        (source / "requirements.txt").touch()
        self.do(self._deploy(name, source))
        app = _App(self, name)
        if procfile.startswith("web:"):
            app.scale(0)
        return app

    async def _deploy(self, name: str, source: Path) -> None:
        await self.client.begin("POST", "/apps", {"name": name})
        await ended(self.client, await self.client.deploy(name, source, "bench"))


class _App:
    """An app that is deployed."""

    def __init__(self, platform: Platform, name: str) -> None:
        self._platform = platform
        self._name = name
        self.port = platform.apps_port

    def scale(self, amount: int) -> None:
        """So many of `web`."""
        self._change("PATCH", "formation", {"formation": {"web": {"amount": amount}}})

    def scale_worker(self, amount: int) -> None:
        """So many of `worker`."""
        self._change("PATCH", "formation", {"formation": {"worker": {"amount": amount}}})

    def restart(self) -> None:
        """All of them."""
        self._change("POST", "restart", {})

    def _change(self, method: str, what: str, body: dict[str, Any]) -> None:
        async def change() -> None:
            client = self._platform.client
            await ended(client, await client.begin(method, f"/apps/{self._name}/{what}", body))

        self._platform.do(change())


async def ended(client: Client, reply: bytes) -> None:
    """Return when the operation that a command has begun has succeeded."""
    last = await client.ended(msgspec.json.decode(reply, type=Operation).id)
    if last.phase != "succeeded":
        raise Left(f"{last.type} ended {last.phase}")


async def _client(url: str, token: str) -> Client:
    return Client(url, token)


@contextmanager
def up(folder: Path, *more: str) -> Iterator[Platform]:
    """The platform in a process of its own; its apps and its router are stopped with it."""
    folder.mkdir()
    port, apps_port = free_port(), free_port()
    data = ["--data", str(folder / "data")]
    options = [*data, "--listen", f"127.0.0.1:{port}", "--apps", f"127.0.0.1:{apps_port}", *more]
    with (folder / "output").open("wb") as output, asyncio.Runner() as runner:
        environment = {**os.environ, **SETTINGS}
        process = subprocess.Popen([*HEADWAY, "up", *options], stdout=output, stderr=output, env=environment)
        try:
            _wait_for(port, folder / "output")
            yield Platform(folder, process.pid, f"http://127.0.0.1:{port}", apps_port, runner)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            subprocess.run([*HEADWAY, "down", *data], check=False, stdout=output, stderr=output, timeout=120)


def _wait_for(port: int, output: Path) -> None:
    try:
        wait_for_port(port, seconds=120)
    except TimeoutError as error:
        raise Left(f"the platform did not start: {output.read_text().strip()[-300:]}") from error
