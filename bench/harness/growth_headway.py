"""Ours on a file with many operations that have ended: start, work, read, forget."""

import random
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import uvloop
from engine_headway import TYPES, engine
from loop import awaited, given, tell

from headway.clock import SystemClock
from headway.engine.feed import Feed
from headway.engine.janitor import Janitor
from headway.store.sqlite import Sqlite
from headway.views.stories import Stories

SUBMITTERS = 10
RECENT = 1000
READS = 2000
DAY = 86_400_000_000


async def main(file: str, seconds: float, ids: list[int], due: int) -> None:
    """Milliseconds, a second, microseconds. What was accepted before `due` is to be forgotten."""
    figures: dict[str, float] = {}
    began = time.perf_counter()
    async with engine(file) as it:
        figures["start"] = (time.perf_counter() - began) * 1e3

        async def one(number: int) -> None:
            await it.carried_out(TYPES["FL3"], f"grown {number}")

        worked = await awaited(SUBMITTERS, seconds, one)
        figures |= {"rate": worked["rate"], "p99": worked["p99"]}
    clock = SystemClock()
    database = Sqlite(Path(file), clock)
    await database.open()
    stories = Stories(database, Feed(database), clock, {})
    for name, some in (("recent", ids[-RECENT:]), ("any", ids)):
        figures[name] = await _p99(partial(stories.get, 1), some)
    began = time.perf_counter()
    janitor = Janitor(database, clock, retention_days=(clock.now() - due) / DAY)
    forgotten = await janitor.sweep()
    figures["forgotten"] = forgotten / (time.perf_counter() - began)
    await database.close()
    tell(figures)


async def _p99(read: Callable[[int], Awaitable[object]], ids: list[int]) -> float:
    taken: list[float] = []
    for _ in range(READS):
        id = random.choice(ids)
        began = time.perf_counter()
        await read(id)
        taken.append(time.perf_counter() - began)
    return sorted(taken)[int(READS * 0.99)] * 1e6


if __name__ == "__main__":
    uvloop.run(main(**given()))
