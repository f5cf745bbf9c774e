"""Ours: an operation type of one step (FL1) and one of three that say five lines (FL3), on a database of its own.

Put together as anybody would who uses `headway.engine` without the rest. Submitters learn of the end from the feed,
which tells them of operations that another process has performed, too.
"""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import uvloop
from loop import awaited, given, tell

from headway.clock import SystemClock
from headway.engine.declare import OperationType, Run, Step
from headway.engine.feed import Feed
from headway.engine.submit import Desk
from headway.engine.worker import Worker
from headway.ids import Ids
from headway.model.operations import Actor
from headway.store.database import Database
from headway.store.postgres import Postgres
from headway.store.sqlite import Sqlite


class Thing(msgspec.Struct, frozen=True):
    """What an operation is about."""

    name: str


async def quiet(run: Run[Thing, None]) -> None:
    """Nothing, so that what is left is the engine."""


async def speaks(run: Run[Thing, None]) -> None:
    """Two lines of log, but the last step one."""
    run.say("checked what was there before, and it is as it should be")
    if run.operation.step < 2:
        run.say("brought about what was asked for")


def _type(name: str, *steps: Step) -> OperationType[Thing, None]:
    return OperationType(name=name, params=Thing, target=lambda it: f"thing:{it.name}", steps=steps)


TYPES = {
    "FL1": _type("bench.one", Step(title="do it", do=quiet)),
    "FL3": _type("bench.three", *(Step(title=f"step {n}", do=speaks) for n in range(3))),
}


class Engine:
    """The engine, open."""

    def __init__(self, database: Database, desk: Desk, feed: Feed) -> None:
        self._database = database
        self._desk = desk
        self._feed = feed
        self._by = Actor(account_id=1)

    async def carried_out(self, type: OperationType[Thing, None], target: str) -> None:
        """Submit one and wait for its end."""
        operation = await self._desk.accept(self._database, type, Thing(target), by=self._by)
        await self._feed.end_of(operation)


def database(url: str, clock: SystemClock) -> Database:
    """On PostgreSQL, or in a file."""
    return Postgres(url, clock) if url.startswith("postgresql:") else Sqlite(Path(url), clock)


@asynccontextmanager
async def engine(url: str, node: str = "bench") -> AsyncIterator[Engine]:
    """Open the database, perform, and end in good order."""
    clock = SystemClock()
    store = database(url, clock)
    await store.open()
    ids = Ids(clock)
    catalog = {type.name: type for type in TYPES.values()}
    worker = Worker[None](
        store,
        clock,
        catalog,
        node=node,
        lease_seconds=10,
        operations_max=1000,
        numbered=ids.belong_to,
    )
    worker.given(None)
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.serve(ready, stop))
        await ready.wait()
        # As `headway up` does: what stands now stays, and the collector need not look at it again.
        gc.freeze()
        yield Engine(store, Desk(ids, clock, worker), Feed(store))
        stop.set()
    await store.close()


async def main(url: str, seconds: float, cases: list[tuple[str, int]], node: str = "bench") -> None:
    """Case after case on the same database, which grows meanwhile as it does in life."""
    figures = {}
    async with engine(url, node) as it:
        for lifecycle, submitters in cases:

            async def one(number: int, lifecycle: str = lifecycle) -> None:
                await it.carried_out(TYPES[lifecycle], f"{node} {number}")

            figures[f"{lifecycle} {submitters}"] = await awaited(submitters, seconds, one)
    tell(figures)


if __name__ == "__main__":
    uvloop.run(main(**given()))
