"""What runtime tests share: runtimes of each kind that this machine can run, units, and waiting with a deadline."""

import asyncio
import contextlib
import os
import socket
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from headway.clock import SystemClock
from headway.model.sizes import SIZES
from headway.runtimes import machine
from headway.runtimes.port import Output, Task, Unit
from headway.runtimes.process import Process
from headway.testing.runtime import MemoryRuntime

LEVELS = ("A", "B", "D") if os.geteuid() == 0 else ("C", "D")
SERVE = "python3 -S -E serve.py"
_SERVE = """\
import os, socket, sys
server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
while True:
    server.accept()[0].close()
"""
MARK = f"1000.{os.getpid()}"
"""What sleeps that a test begins are told apart by."""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can do this")
R = TypeVar("R", Process, MemoryRuntime)
DELAYS = (0.0, 0.01, 0.02)


@contextlib.contextmanager
def reachable_folder() -> Iterator[Path]:
    """A folder that any user can reach; pytest's own are closed to all but ours."""
    with tempfile.TemporaryDirectory(prefix="headway-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def make(kind: str, folder: Path, *, delays: tuple[float, ...] = DELAYS) -> Process | MemoryRuntime:
    """A runtime: `memory`, or `process-` and a level; skips where this machine lacks the level."""
    if kind == "memory":
        return MemoryRuntime(SystemClock(), crash_delays_seconds=delays, crash_warm_up_seconds=60)
    level = kind.removeprefix("process-")
    abilities = machine.look(folder, best=level)
    if abilities.level != level:
        pytest.skip(f"this machine does not offer level {level}")
    return Process(folder, SystemClock(), abilities, crash_delays_seconds=delays, crash_warm_up_seconds=60)


@contextlib.asynccontextmanager
async def serving(runtime: R) -> AsyncIterator[R]:
    """The runtime while it serves; its containers live on behind it."""
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(runtime.serve(ready, stop))
        await ready.wait()
        try:
            yield runtime
        finally:
            stop.set()


async def clear(runtime: Process | MemoryRuntime) -> None:
    """Stop everything, at once."""
    for status in await runtime.units():
        await runtime.stop(status.id, grace_seconds=0)


def slug(folder: Path) -> Path:
    """A slug with a server in it."""
    place = folder / "slug"
    place.mkdir(parents=True, exist_ok=True)
    (place / "serve.py").write_text(_SERVE)
    return place


def unit(folder: Path, id: str, command: str = SERVE, **wanted: object) -> Unit:
    """A unit that listens, of app `a`, with the slug of `folder`."""
    given = {
        "app_id": "a",
        "label": "web-1",
        "size": SIZES["S"],
        "listens": True,
        "environment": {},
        **wanted,
    }
    return Unit(id=id, slug=slug(folder), command=command, **given)


def task(folder: Path, id: str, script: str, **wanted: object) -> Task:
    """A task that runs a shell script."""
    (folder / id).mkdir()
    given = {"app_id": "a", "size": SIZES["S"], "environment": {}, **wanted}
    return Task(id=id, folder=folder / id, argv=("sh", "-c", script), **given)


async def until(seen: Callable[[], object], seconds: float = 20) -> None:
    """Return when `seen()` is true: for what an outside process does and nobody tells."""
    end = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < end, "it did not come to pass"
        await asyncio.sleep(0.005)


async def settled(runtime: Process | MemoryRuntime, id: str, state: str) -> None:
    """Return when the unit is in a state."""
    async with asyncio.timeout(20):
        while [status.state for status in await runtime.units() if status.id == id] != [state]:
            await asyncio.sleep(0.005)


async def lines(
    runtime: Process | MemoryRuntime, count: int, offsets: dict[str, int] | None = None
) -> list[Output]:
    """The output, until there are `count` lines of it."""
    found: list[Output] = []
    async with asyncio.timeout(20), contextlib.aclosing(runtime.output(offsets or {})) as output:
        async for run in output:
            found.append(run)
            if sum(len(run.lines) for run in found) >= count:
                break
    return found


def text(runs: list[Output]) -> list[bytes]:
    """All lines of some output."""
    return [line for run in runs for line in run.lines]


def connects(address: tuple[str, int] | None) -> bool:
    """Whether somebody accepts connections there."""
    assert address is not None
    with socket.socket() as probe:
        return probe.connect_ex(address) == 0


def running(mark: str = MARK) -> Counter[str]:
    """How many processes live for each last argument that begins with `mark`."""
    found: Counter[str] = Counter()
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and (words := (folder / "cmdline").read_bytes().split(b"\0")[:-1]):
                found[words[-1].decode(errors="replace")] += 1
    return Counter({word: count for word, count in found.items() if word.startswith(mark)})
