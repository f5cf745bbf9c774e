"""Nodes for tests: a worker and a desk over a database, which stop in good order or die."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from headway.clock import Clock, SystemClock
from headway.engine.cancel import cancel
from headway.engine.declare import OperationType
from headway.engine.feed import Feed
from headway.engine.submit import Desk, Key, Seat
from headway.engine.worker import Worker
from headway.ids import Ids
from headway.model.operations import Operation
from headway.store import nodes
from headway.store.database import Database
from headway.testing.fuse import Fuse, FusedDatabase, PowerCut
from tests.engine.plays import BY, Asked, Stage, play, row

CATCH_UP_SECONDS = 20
IDS = Ids(SystemClock())
"""One for all nodes of a test: two makers of ids must have two numbers."""
Type = OperationType[Asked, Stage]


class Nobody:
    """A host without room: what is accepted stays queued."""

    def room(self) -> Seat | None:
        return None

    def begin(self, operation: Operation, seat: Seat) -> None:
        raise AssertionError(operation)

    def look(self) -> None:
        pass


class Node:
    """One process of the platform, as far as the engine goes."""

    def __init__(
        self,
        database: Database,
        stage: Stage,
        *scripts: str,
        name: str = "one",
        clock: Clock | None = None,
        lease_seconds: float = 30,
        operations_max: int = 10,
    ) -> None:
        self.clock = clock or SystemClock()
        self.stage = stage
        self.fuse = Fuse()
        self.inner = database
        self.database = FusedDatabase(database, self.fuse)
        self.types: dict[str, Type] = {script: play(script, name=name_of(script)) for script in scripts}
        catalog = {type.name: type for type in self.types.values()}
        self.worker = Worker[Stage](
            self.database,
            self.clock,
            catalog,
            node=name,
            lease_seconds=lease_seconds,
            operations_max=operations_max,
        )
        self.worker.given(stage)
        self.desk = Desk(IDS, self.clock, self.worker)
        self._stop = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> "Node":
        """Return when it claims."""
        ready = asyncio.Event()
        self._serving = asyncio.get_running_loop().create_task(self.worker.serve(ready, self._stop))
        waiting = asyncio.ensure_future(ready.wait())
        await asyncio.wait([waiting, self._serving], return_when=asyncio.FIRST_COMPLETED)
        if not ready.is_set():
            waiting.cancel()
            await self._serving
        return self

    async def stop(self) -> None:
        """In good order."""
        self._stop.set()
        if self._serving is not None:
            async with asyncio.timeout(CATCH_UP_SECONDS):
                await self._serving

    async def die(self) -> None:
        """As with `kill -9`: from here on nothing of it reaches the database."""
        self.fuse.blown = True
        assert self._serving is not None
        self._serving.cancel()
        with contextlib.suppress(asyncio.CancelledError, PowerCut, BaseExceptionGroup):
            await self._serving

    async def submit(self, script: str, target: str = "thing:1", key: Key | None = None) -> Operation:
        """Accept one of its types."""
        asked = Asked(target)
        return await self.database.write(
            lambda tx: self.desk.submit(tx, self.types[script], asked, by=BY, key=key)
        )

    async def cancel(self, id: int, reason: str = "") -> Operation:
        """Ask, and let the worker know at once."""
        it = await self.database.write(lambda tx: cancel(tx, id, by=BY, reason=reason, clock=self.clock))
        self.worker.look()
        return it


def name_of(script: str) -> str:
    """The name of the type with this script."""
    return f"test.{script.replace(' ', '_').replace(':', '-')}"


async def queued(database: Database, script: str, target: str = "thing:1", **changes: Any) -> Operation:
    """Accept an operation that no node has begun."""
    clock = SystemClock()
    desk, type = Desk(IDS, clock, Nobody()), play(script, name=name_of(script))
    return await database.write(lambda tx: desk.submit(tx, type, Asked(target), by=BY, **changes))


async def ended(database: Database, id: int) -> Operation:
    """The operation, when it has ended."""
    feed = Feed(database)
    topic = feed.join(id)
    try:
        async with asyncio.timeout(CATCH_UP_SECONDS):
            while True:
                version = topic.version
                it = await row(database, id)
                if it.phase.terminal:
                    return it
                await topic.beyond(version)
    finally:
        feed.leave(topic)
        feed.close()


async def happens(database: Database, id: int, name: str) -> None:
    """Return when this event of the operation is there."""
    feed = Feed(database)
    try:
        async with asyncio.timeout(CATCH_UP_SECONDS):
            async for page in feed.follow(0, id):
                if any(event.name == f"operation.{name}" for event in page):
                    return
    finally:
        feed.close()


@contextlib.asynccontextmanager
async def running(*nodes: Node) -> AsyncIterator[None]:
    """Nodes that run, and are stopped at the end."""
    async with contextlib.AsyncExitStack() as stack:
        for node in nodes:
            await node.start()
            stack.push_async_callback(node.stop)
        yield


async def lapse(database: Database, node: Node) -> None:
    """Its lease is over, and it does not know."""
    lease = node.worker._lease
    await database.write(lambda tx: nodes.release(tx, lease.node, lease.epoch))
