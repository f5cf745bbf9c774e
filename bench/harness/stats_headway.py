"""What the platform spends on measuring apps, on SQLite: see `bench/stats.py`."""

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, cast

from loop import given, tell

from headway.clock import SystemClock
from headway.domain.logs.rate import Limit
from headway.domain.logs.router_lines import RouterLines
from headway.domain.stats.gather import Gatherer
from headway.domain.stats.meter import Meter
from headway.domain.stats.sample import Sampler
from headway.ids import show
from headway.model.sizes import SIZES
from headway.routers.access_log import AccessLog
from headway.routers.port import Request
from headway.runtimes import cgroups, machine
from headway.runtimes.port import Usage
from headway.runtimes.usage import Found, used
from headway.store.logbook import Logbook
from headway.store.sqlite import Sqlite

APPS = range(1, 11)
LIMITLESS = Limit(lines_max=1 << 40, bytes_max=1 << 40)


class Containers:
    """Processes that sleep, some of each app; looked at as the process runtime looks at its own."""

    def __init__(self, found: list[Found]) -> None:
        self._found = found

    async def usage(self, _app_id: str | None = None) -> list[Usage]:
        """All of them."""
        return await asyncio.to_thread(lambda: [_usage(n, it) for n, it in enumerate(self._found)])

    async def units(self, _app_id: str | None = None) -> list[Any]:
        """Nobody asks where they are."""
        return []


def _usage(number: int, it: Found) -> Usage:
    told, app = used(it), APPS[number % len(APPS)]
    assert told is not None
    return Usage(
        id=f"unit-{number:04d}",
        app_id=show(app),
        label=f"web-{number}",
        cpu_seconds=told.cpu_seconds,
        memory_bytes=told.memory_bytes,
        memory_limit_bytes=SIZES["M"].memory_bytes,
        memory_highest_bytes=told.memory_highest_bytes,
        swap_bytes=told.swap_bytes,
        swap_highest_bytes=told.swap_highest_bytes,
    )


@contextlib.contextmanager
def sleeping(folder: Path, count: int) -> Iterator[Containers]:
    """So many of them, gone afterwards."""
    groups = machine.look(folder).groups
    with contextlib.ExitStack() as stack:
        found: list[Found] = []
        for number in range(count):
            name = f"unit-{number}.1"
            enter = cgroups.make(groups, name, SIZES["M"]) if groups else []
            if groups:
                stack.callback(cgroups.remove, groups, name)
            process = subprocess.Popen(["sleep", "1000"])
            stack.callback(process.wait)
            stack.callback(process.kill)
            for file in enter:
                file.write_text(str(process.pid))
            found.append(
                Found(group=(groups, name) if groups else None, init=process.pid, lock=folder / "lock")
            )
        yield Containers(found)
    if groups:
        cgroups.leave(groups)


class Served:
    """The two calls of a router that concern requests."""

    def __init__(self, log: AccessLog) -> None:
        self._log = log

    def requests(self, after: int) -> AsyncIterator[list[Request]]:
        """From a real access log."""
        return self._log.follow(after)

    async def forget_requests(self, end: int) -> None:
        """As Envoy's."""
        self._log.forget(end)


def _write(file: Path, count: int) -> None:
    row = {
        "time": "2026-01-01T00:00:00.000Z",
        "method": "GET",
        "host": "shop.localhost:8080",
        "path": "/some/where?with=a&query=too",
        "protocol": "https",
        "status": 200,
        "duration_ms": 12,
        "bytes_in": 0,
        "bytes_out": 5120,
        "upstream": "127.0.0.1:20001",
        "flags": "-",
        "details": "via_upstream",
        "request_id": "87a382fe-2eaa-4fd9-836b-3f2cccd6dbb8",
        "from": "127.0.0.1",
        "agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "referer": "http://shop.localhost:8080/",
    }
    with file.open("w") as opened:
        for number in range(count):
            opened.write(json.dumps({**row, "app_id": show(APPS[number % len(APPS)])}) + "\n")


async def _sampled(database: Sqlite, containers: Containers, samples: int) -> tuple[float, float]:
    """Milliseconds of one look with what keeps it: of processor, and elapsed."""
    clock = SystemClock()
    meter = Meter(cast(Any, containers), clock)
    sampler = Sampler(meter, database, clock, node="bench")
    busy, began = time.process_time(), time.perf_counter()
    for _ in range(samples):
        sampler.take(await meter.sample())
        await sampler.keep()
    return (time.process_time() - busy) * 1e3 / samples, (time.perf_counter() - began) * 1e3 / samples


async def _gathered(database: Sqlite, folder: Path, count: int, *, told: bool) -> float:
    """Microseconds of processor for one request, from its line in the access log until it is kept."""
    clock, log = SystemClock(), AccessLog(folder / "access.log", SystemClock(), bytes_max=1 << 40)
    logbook = Logbook(folder / "logs", clock, hot_bytes=1 << 30)
    logbook.open()
    lines = RouterLines(database, cast(Any, Containers([])), logbook, clock, limit=LIMITLESS)
    lines._wanted = {show(app) for app in APPS} if told else set()  # noqa: SLF001 - there are no such apps
    lines._is_stale = False  # noqa: SLF001
    gatherer = Gatherer(cast(Any, Served(log)), database, lines, clock, node=f"bench-{told}")
    busy, done = time.process_time(), 0
    async for requests in log.follow(0):
        await lines.keep(requests)
        gatherer.count(requests)
        done += len(requests)
        if done >= count:
            break
    await gatherer.keep()
    return (time.process_time() - busy) * 1e6 / count


async def main(data: str, containers: int, samples: int, requests: int) -> None:
    """Everything, told."""
    place = Path(data)
    database = Sqlite(place / "headway.db", SystemClock())
    await database.open()
    with sleeping(place, containers) as there:
        sample, elapsed = await _sampled(database, there, samples)
    _write(place / "access.log", requests)
    counted = await _gathered(database, place, requests, told=False)
    told = await _gathered(database, place, requests, told=True)
    await database.close()
    tell({"sample": sample, "elapsed": elapsed, "counted": counted, "told": told})


if __name__ == "__main__":
    asyncio.run(main(**given()))
    sys.stdout.flush()
