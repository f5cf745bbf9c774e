"""Operations with everything that happened to them, now or as it goes on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from headway.clock import Clock
from headway.engine.declare import OperationType
from headway.engine.feed import Feed, Topic
from headway.errors import NotFound
from headway.ids import show
from headway.model.operations import ENDS, Event, LogLine, Operation, Phase
from headway.store import events, operations
from headway.store.database import Database, Tx

EVENTS_MAX = 10_000
LOG_LINES_MAX = 10_000


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """One step of an operation, as far as it is."""

    title: str
    state: str
    """waiting, running, done, undoing, undone, or failed."""
    begun_at: int | None
    ended_at: int | None


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One operation, told."""

    operation: Operation
    steps: list[StepView]
    summary: str
    """What it does, for people."""
    events: list[Event]
    """All of its own, oldest first."""

    @property
    def seq(self) -> int:
        """The newest event that it tells of."""
        return self.events[-1].seq if self.events else 0


class Follower:
    """Somebody who reads the events of one operation as they happen, each once."""

    __slots__ = ("_after", "_feed", "_id", "_over", "_topic", "_wake", "ended")

    def __init__(self, feed: Feed, operation: Operation, after: int) -> None:
        self._feed = feed
        self._id = operation.id
        self._over = operation.phase.terminal
        self._after = after
        self._topic: Topic | None = None
        self.ended = False
        """Whether nothing more will happen to it."""

    def begin(self, wake: Callable[[], None]) -> None:
        """From now on call `wake` whenever there may be more to read; it must neither wait nor raise."""
        self._topic, self._wake = self._feed.join(self._id), wake
        self._topic.wakes.add(wake)

    def end(self) -> None:
        """Nobody reads any more."""
        if self._topic is not None:
            self._topic.wakes.discard(self._wake)
            self._feed.leave(self._topic)

    async def read(self) -> list[Event]:
        """What has happened since it was read last, at most a page; not to be changed, others read it too."""
        assert self._topic is not None, "it has not begun"
        page = await self._topic.read(self._after)
        if page:
            self._after = page[-1].seq
        # Of one that ended long ago the last event may be forgotten.
        self.ended = any(event.name in ENDS for event in page) or (self._over and not page)
        return page


class Stories:
    """All operations that an account may see: those that it began. NotFound for every other."""

    def __init__(
        self, database: Database, feed: Feed, clock: Clock, catalog: Mapping[str, OperationType[Any, Any]]
    ) -> None:
        self._database = database
        self._feed = feed
        self._clock = clock
        self._catalog = catalog

    async def get(self, account_id: int, id: int) -> Story:
        """One, as it is now."""
        return await self._database.read(lambda tx: self._get(tx, account_id, id))

    async def changed(self, account_id: int, id: int, after: int, *, seconds: float) -> Story:
        """One, once something happened to it behind event `after`, or it has ended, or the time is up."""
        until = self._clock.monotonic() + seconds
        topic = self._feed.join(id)
        try:
            while True:
                version = topic.version
                story = await self._shared(topic, account_id, id)
                left = until - self._clock.monotonic()
                if left <= 0 or story.seq > after or story.operation.phase.terminal:
                    return story
                await topic.beyond(version, seconds=left)
        finally:
            self._feed.leave(topic)

    async def newest(
        self, account_id: int, *, before: int, target: str, count: int
    ) -> tuple[list[Story], int | None]:
        """Newest first, made before the id `before`; and what to ask for the next page, None on the last."""

        async def body(tx: Tx) -> list[Story]:
            found = await operations.newest(
                tx, before=before, account_id=account_id, target=target, count=count + 1
            )
            return [await self._told(tx, one) for one in found]

        found = await self._database.read(body)
        page = found[:count]
        return page, page[-1].operation.id if len(found) > count else None

    async def log(self, account_id: int, id: int, after: int) -> list[LogLine]:
        """What it said behind line `after`."""

        async def body(tx: Tx) -> list[LogLine]:
            await _seen(tx, account_id, id)
            return await operations.log_after(tx, id, after, LOG_LINES_MAX)

        return await self._database.read(body)

    async def follower(self, account_id: int, id: int, after: int) -> Follower:
        """Somebody who reads its events behind `after`, as they happen."""
        operation = await self._database.read(lambda tx: _seen(tx, account_id, id))
        return Follower(self._feed, operation, after)

    async def _shared(self, topic: Topic, account_id: int, id: int) -> Story:
        """One, read once for all who follow it; who may see it is asked for each of them."""
        told = await topic.once("story", lambda: self._database.read(lambda tx: self._anybodys(tx, id)))
        if told is None or told.operation.account_id != account_id:
            raise NotFound("operation", show(id))
        return told

    async def _get(self, tx: Tx, account_id: int, id: int) -> Story:
        return await self._told(tx, await _seen(tx, account_id, id))

    async def _anybodys(self, tx: Tx, id: int) -> Story | None:
        operation = await operations.get(tx, id)
        return None if operation is None else await self._told(tx, operation)

    async def _told(self, tx: Tx, operation: Operation) -> Story:
        type = self._catalog.get(operation.type)
        happened = await events.of_operation(tx, operation.id, 0, EVENTS_MAX)
        titles = [step.title for step in type.steps] if type else []
        return Story(
            operation=operation,
            steps=steps(operation, titles, happened),
            summary=_summary(type, operation),
            events=happened,
        )


def steps(operation: Operation, titles: Sequence[str], happened: Sequence[Event]) -> list[StepView]:
    """How far each step is, from the record and what happened: pure."""
    done = _moments(happened, "operation.step_done")
    undone = _moments(happened, "operation.step_undone")
    broke = next((int(it.data["step"]) for it in happened if it.name == "operation.turned_back"), None)
    told: list[StepView] = []
    begun = operation.started_at
    for n, title in enumerate(titles):
        state = _state(operation, n, done=n in done, undone=n in undone, broke=n == broke)
        told.append(
            StepView(
                title=title,
                state=state,
                begun_at=None if state == "waiting" else begun,
                ended_at=undone.get(n, done.get(n)),
            )
        )
        begun = done.get(n)
    return told


def _moments(happened: Sequence[Event], name: str) -> dict[int, int]:
    return {int(event.data["step"]): event.at for event in happened if event.name == name}


def _state(operation: Operation, n: int, *, done: bool, undone: bool, broke: bool) -> str:
    if operation.phase is Phase.RUNNING and operation.step == n:
        return "undoing" if operation.turning_back else "running"
    if broke:
        return "failed"
    if undone:
        return "undone"
    return "done" if done else "waiting"


def _summary(type: OperationType[Any, Any] | None, operation: Operation) -> str:
    if type is None or type.summary is None:
        return f"{operation.type} of {operation.target}"
    return type.summary(msgspec.json.decode(operation.params, type=type.params))


async def _seen(tx: Tx, account_id: int, id: int) -> Operation:
    operation = await operations.get(tx, id)
    if operation is None or operation.account_id != account_id:
        raise NotFound("operation", show(id))
    return operation
