"""Events, in order, to whoever listens: no gap, no double, from any point that is still kept.

A commit wakes only those who follow an operation that it touched, or follow everything. What they then read is read
once for all of them: ten thousand who follow one operation cost the database what one does.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from typing import Any, TypeVar

from headway.engine.alarms import Alarms
from headway.model.operations import Event, Operation
from headway.store import events, operations
from headway.store.database import Database, Touched

T = TypeVar("T")
PAGE = 500
_MADE_MAX = 64


class Topic:
    """One operation, or everything (None), while anybody follows it."""

    def __init__(
        self, operation: int | None, alarms: Alarms, read: Callable[[int], Awaitable[list[Event]]]
    ) -> None:
        self.operation = operation
        self.version = 0
        """Another number whenever something may have happened."""
        self.followers = 0
        self.wakes: set[Callable[[], None]] = set()
        """Called whenever something may have happened; they neither wait nor raise."""
        self._alarms = alarms
        self._waiting: set[asyncio.Future[None]] = set()
        self._read = read
        self._made: dict[Hashable, Any] = {}
        self._making = asyncio.Lock()

    def turn(self) -> None:
        """Something may have happened: wake all who wait."""
        self.version += 1
        self._made.clear()
        for wake in tuple(self.wakes):
            wake()
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    @property
    def waiting(self) -> int:
        """How many wait to be woken."""
        return len(self.wakes) + len(self._waiting)

    async def beyond(self, version: int, *, seconds: float | None = None) -> None:
        """Return when the version is another one, or the time is up.

        Note the version before you read, so that nothing falls between.
        """
        if version != self.version:
            return
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        alarm = 0 if seconds is None else self._alarms.set(waiting, seconds)
        self._waiting.add(waiting)
        try:
            await waiting
        finally:
            self._waiting.discard(waiting)
            self._alarms.unset(waiting, alarm)

    async def once(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """What `make` makes, made once for all who ask for the same at this version."""
        if key in self._made:
            return self._made[key]
        async with self._making:
            if key in self._made:
                return self._made[key]
            version = self.version
            made = await make()
            if version == self.version:
                if len(self._made) >= _MADE_MAX:
                    self._made.clear()
                self._made[key] = made
            return made

    async def read(self, after: int, *, now: bool = False) -> list[Event]:
        """What is there behind event `after`, at most a page; not to be changed, others read it too.

        What was read once for all may lack what was committed a moment ago: who reads on will be woken for it.
        Who will not be, reads `now`.
        """
        return await (self._read(after) if now else self.once(after, lambda: self._read(after)))


class Feed:
    """Tells its readers when something has happened, here or on another node."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._topics: dict[int | None, Topic] = {}
        self._ends: dict[int, set[asyncio.Future[bool]]] = {}
        """Who waits for the end of an operation."""
        self._alarms = Alarms()
        self._end = database.listen(self._heard)

        self.resting = False
        """Whether nobody is to wait for more any more, but to be content with what there is."""

    def close(self) -> None:
        """Stop listening."""
        self._end()

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """As a part of the platform that stops before the server does: answers that are held back are given at once."""
        ready.set()
        await stop.wait()
        self.resting = True
        self._heard(None)

    def join(self, operation: int | None = None) -> Topic:
        """Follow one operation, or everything, until you `leave`."""
        topic = self._topics.get(operation)
        if topic is None:
            topic = Topic(operation, self._alarms, lambda after: self.read(after, operation))
            self._topics[operation] = topic
        topic.followers += 1
        return topic

    def leave(self, topic: Topic) -> None:
        """Follow it no more."""
        topic.followers -= 1
        if not topic.followers:
            del self._topics[topic.operation]

    async def follow(self, after: int, operation: int | None = None) -> AsyncIterator[list[Event]]:
        """What happens behind event `after`, in pages, to one operation or to all; never ends by itself."""
        topic = self.join(operation)
        try:
            while True:
                version = topic.version
                page = await topic.read(after)
                if page:
                    after = page[-1].seq
                    yield page
                else:
                    await topic.beyond(version)
        finally:
            self.leave(topic)

    async def ended(self, operation: int) -> Operation | None:
        """The operation, once it has ended; None where there is none."""
        while True:
            told = self._awaited(operation)
            try:
                found = await self._row(operation)
                if found is None or found.phase.terminal:
                    return found
                await told
            finally:
                self._not_awaited(operation, told)

    async def end_of(self, operation: Operation) -> None:
        """Return once this operation has ended, which was accepted here just now: nothing is read to tell.

        Call it with what `submit` or `accept` returned, before anything else is waited for. Of any other
        operation ask for `ended`.
        """
        told = self._awaited(operation.id)
        try:
            surely = await told
        finally:
            self._not_awaited(operation.id, told)
        if not surely:
            await self.ended(operation.id)

    def _awaited(self, operation: int) -> "asyncio.Future[bool]":
        """Done at its end with True, and with False where anything may have happened."""
        told: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._ends.setdefault(operation, set()).add(told)
        return told

    def _not_awaited(self, operation: int, told: "asyncio.Future[bool]") -> None:
        waiting = self._ends.get(operation)
        if waiting is not None:
            waiting.discard(told)
            if not waiting:
                del self._ends[operation]

    def _tell(self, operation: int, *, surely: bool) -> None:
        for told in self._ends.pop(operation, ()):
            if not told.done():
                told.set_result(surely)

    async def read(self, after: int, operation: int | None = None) -> list[Event]:
        """What is there behind event `after`, at most a page."""
        if operation is None:
            return await self._database.read(lambda tx: events.after(tx, after, PAGE))
        return await self._database.read(lambda tx: events.of_operation(tx, operation, after, PAGE))

    async def _row(self, operation: int) -> Operation | None:
        return await self._database.read(lambda tx: operations.get(tx, operation))

    def _heard(self, touched: Touched | None) -> None:
        if touched is None:
            for topic in tuple(self._topics.values()):
                topic.turn()
            for operation in tuple(self._ends):
                self._tell(operation, surely=False)
            return
        if self._ends:
            for operation in touched.ended:
                self._tell(operation, surely=True)
        if self._topics:
            for operation in (None, *touched.operations):
                topic = self._topics.get(operation)
                if topic is not None:
                    topic.turn()
