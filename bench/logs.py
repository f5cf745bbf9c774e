"""How fast what containers say is kept, followed and read back."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from bench.measure import Figure, timed
from headway.clock import SystemClock
from headway.domain.logs.collect import Collector
from headway.domain.logs.rate import Limit
from headway.model.logs import Lines, shown
from headway.runtimes.port import Output
from headway.store.logbook import Logbook
from headway.views.logs import wanted

LINES = 1_000_000
BATCH = 2_500
HOT_BYTES = 50 << 20


def figures(runs: int) -> list[Figure]:
    """Lines of 100 bytes a second; milliseconds to read."""
    kept, followed, some, none, opened = zip(*(_once() for _ in range(runs)), strict=True)
    return [
        Figure(name="kept", unit="lines/s", values=[LINES / each for each in kept]),
        Figure(
            name="collected and followed by one reader",
            unit="lines/s",
            values=[LINES / each for each in followed],
        ),
        Figure(name="the last 20 of 50 MiB", unit="ms", values=[each * 1000 for each in some]),
        Figure(
            name="a filter that finds nothing in 50 MiB", unit="ms", values=[each * 1000 for each in none]
        ),
        Figure(name="opened", unit="ms", values=[each * 1000 for each in opened]),
    ]


def _once() -> tuple[float, float, float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        book = _opened(Path(folder) / "one")
        return (
            timed(lambda: _keep(book)),
            asyncio.run(_collect_and_follow(Path(folder) / "two")),
            timed(lambda: book.last("app", 20, wanted("web"))),
            timed(lambda: book.last("app", 20, wanted("worker"))),
            timed(lambda: _opened(Path(folder) / "one")),
        )


def _opened(folder: Path) -> Logbook:
    book = Logbook(folder, SystemClock(), hot_bytes=HOT_BYTES)
    book.open()
    return book


def _keep(book: Logbook) -> None:
    raw = b"\n".join([b"x" * 99] * BATCH)
    for number in range(LINES // BATCH):
        lines = [Lines(at=number, source="web-1", text=shown(raw))]
        book.append("app", lines, unit="unit", end=number)


class _Speaker:
    """A runtime whose one container says all its lines at once, when it is told to."""

    def __init__(self) -> None:
        self.begin = asyncio.Event()

    async def output(self, offsets: Mapping[str, int]) -> AsyncIterator[Output]:
        assert not offsets, "the logbook is new"
        await self.begin.wait()
        text = (b"x" * 99 + b"\n") * BATCH
        for number in range(LINES // BATCH):
            yield Output(unit="unit", app_id="app", label="web-1", text=text, end=number * BATCH * 100)
        await asyncio.Event().wait()  # a runtime's output never ends

    async def forget_output(self, unit_id: str, end: int) -> None:
        pass


async def _collect_and_follow(folder: Path) -> float:
    book, runtime, clock = _opened(folder), _Speaker(), SystemClock()
    limit = Limit(lines_max=1 << 40, bytes_max=1 << 40)
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(Collector(runtime, book, clock, limit=limit).serve(ready, stop))  # type: ignore[arg-type]
        await ready.wait()
        following, count = book.follow("app", wanted("")), 0
        began = time.perf_counter()
        runtime.begin.set()
        while count < LINES:
            count += len(await anext(following))
        taken = time.perf_counter() - began
        stop.set()
    return taken
