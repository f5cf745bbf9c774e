"""Operations with everything that happened to them, now or as it goes on."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import msgspec

from headway.clock import Clock
from headway.engine.declare import OperationType
from headway.engine.feed import Feed
from headway.errors import NotFound
from headway.ids import show
from headway.model.operations import Event, LogLine, Operation, Phase
from headway.store import events, operations
from headway.store.database import Database, Tx

EVENTS_MAX = 10_000
LOG_LINES_MAX = 10_000
ENDS = frozenset({"operation.succeeded", "operation.failed", "operation.cancelled"})


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
        story = await self.get(account_id, id)
        while not story.operation.phase.terminal and (left := until - self._clock.monotonic()) > 0:
            changed = self._feed.changed()
            if await self._feed.read(after, id):
                return await self.get(account_id, id)
            await asyncio.wait([changed], timeout=left)
        return story if seconds <= 0 else await self.get(account_id, id)

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

    async def follow(self, account_id: int, id: int, after: int) -> AsyncIterator[Event]:
        """Its events behind `after`, as they happen; ends with the one that ends it."""
        story = await self.get(account_id, id)
        for event in story.events:
            if event.seq > after:
                yield event
        if story.operation.phase.terminal:
            return
        async for page in self._feed.follow(max(after, _seq(story)), id):
            for event in page:
                yield event
                if event.name in ENDS:
                    return

    async def _get(self, tx: Tx, account_id: int, id: int) -> Story:
        return await self._told(tx, await _seen(tx, account_id, id))

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


def _seq(story: Story) -> int:
    return story.events[-1].seq if story.events else 0


async def _seen(tx: Tx, account_id: int, id: int) -> Operation:
    operation = await operations.get(tx, id)
    if operation is None or operation.account_id != account_id:
        raise NotFound("operation", show(id))
    return operation
