"""Operations with everything that happened to them, now or as it goes on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from headway.clock import Clock
from headway.engine.declare import OperationType
from headway.engine.feed import Feed, Topic
from headway.errors import NotFound
from headway.ids import show
from headway.model.operations import ENDS, Actor, Event, Link, LogLine, Operation, Phase, Search
from headway.store import events, operations, searches
from headway.store.database import Database, Tx
from headway.views.receipts import Receipt, receipt
from headway.views.sight import seen, sees

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
    because_of: Link | None = None
    """What it was begun because of."""
    followed_by: list[Link] = []
    """What was begun because of it."""
    can_undo: bool = False
    """Whether its type has something that brings back the state before it."""

    @property
    def by(self) -> Actor:
        """Who began it."""
        first = self.events[0] if self.events else None
        return first.by if first is not None else Actor(account_id=self.operation.account_id)

    @property
    def notes(self) -> dict[str, Any]:
        """What its steps have left behind, merged in their order."""
        notes: dict[str, Any] = {}
        for event in self.events:
            if event.name == "operation.step_done":
                notes |= event.data.get("note", {})
        return notes

    @property
    def receipt(self) -> Receipt | None:
        """What became of the wish to cancel it; None where nobody had one."""
        return receipt(self.operation, [(it.title, it.state) for it in self.steps], self.events)

    @property
    def seq(self) -> int:
        """The newest event that it tells of."""
        return self.events[-1].seq if self.events else 0


class Follower:
    """Somebody who reads the events of one operation as they happen, each once."""

    __slots__ = ("_after", "_feed", "_id", "_over", "_stays", "_topic", "_wake", "ended")

    def __init__(self, feed: Feed, operation: Operation, after: int, *, stays: bool = True) -> None:
        self._feed = feed
        self._id = operation.id
        self._over = operation.phase.terminal
        self._after = after
        self._stays = stays
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
        last = self._over or not self._stays
        page = await self._topic.read(self._after, now=last)
        if page:
            self._after = page[-1].seq
        # Of one that ended long ago the last event may be forgotten.
        self.ended = any(event.name in ENDS for event in page) or (not page and last)
        return page


class Stories:
    """All operations that an account may see: those that it began, and those of its apps. NotFound for every other."""

    def __init__(
        self, database: Database, feed: Feed, clock: Clock, catalog: Mapping[str, OperationType[Any, Any]]
    ) -> None:
        self.database = database
        self.feed = feed
        self._clock = clock
        self.catalog = catalog
        """Every type that is known."""

    async def get(self, account_id: int, id: int) -> Story:
        """One, as it is now."""
        return await self.database.read(lambda tx: self._get(tx, account_id, id))

    async def changed(self, account_id: int, id: int, after: int, *, seconds: float) -> Story:
        """One, once something happened to it behind event `after`, or it has ended, or the time is up.

        As it is, too, where the feed rests.
        """
        until = self._clock.monotonic() + seconds
        topic = self.feed.join(id)
        try:
            # What was read for all may be older than what the asker has been told; so each reads once for itself.
            version, story = topic.version, await self.get(account_id, id)
            while story.seq <= after and not story.operation.phase.terminal:
                left = until - self._clock.monotonic()
                if left <= 0 or self.feed.resting:
                    break
                del story  # Thousands wait; what each would hold is kept once, with the topic.
                await topic.beyond(version, seconds=left)
                version, story = topic.version, await self._shared(topic, account_id, id)
            return story
        finally:
            self.feed.leave(topic)

    async def search(
        self, account_id: int, wanted: Search, count: int
    ) -> tuple[list[Story], int | None, int]:
        """A page; what to ask for the next one, None on the last; and the newest event, as it was before that."""

        async def body(tx: Tx) -> tuple[list[Story], int | None, int]:
            seq = await events.last(tx)
            page = await searches.search(tx, account_id, wanted, count)
            return [await self._told(tx, one) for one in page.found], page.next, seq

        return await self.database.read(body)

    async def log(self, account_id: int, id: int, after: int) -> list[LogLine]:
        """What it said behind line `after`."""

        async def body(tx: Tx) -> list[LogLine]:
            await seen(tx, account_id, id)
            return await operations.log_after(tx, id, after, LOG_LINES_MAX)

        return await self.database.read(body)

    async def follower(self, account_id: int, id: int, after: int, *, stays: bool = True) -> Follower:
        """Somebody who reads its events behind `after`, as they happen; or, who does not stay, those that are there."""
        operation = await self.database.read(lambda tx: seen(tx, account_id, id))
        return Follower(self.feed, operation, after, stays=stays)

    async def _shared(self, topic: Topic, account_id: int, id: int) -> Story:
        """One, read once for all who follow it; who may see it is asked for each of them."""
        told = await topic.once("story", lambda: self.database.read(lambda tx: self._anybodys(tx, id)))
        if told is not None and (
            told.operation.account_id == account_id or await self._is_seen(topic, account_id, told.operation)
        ):
            return told
        raise NotFound("operation", show(id))

    async def _is_seen(self, topic: Topic, account_id: int, operation: Operation) -> bool:
        return await topic.once(
            ("sees", account_id), lambda: self.database.read(lambda tx: sees(tx, account_id, operation))
        )

    async def _get(self, tx: Tx, account_id: int, id: int) -> Story:
        return await self._told(tx, await seen(tx, account_id, id))

    async def _anybodys(self, tx: Tx, id: int) -> Story | None:
        operation = await operations.get(tx, id)
        return None if operation is None else await self._told(tx, operation)

    async def _told(self, tx: Tx, operation: Operation) -> Story:
        type = self.catalog.get(operation.type)
        happened = await events.of_operation(tx, operation.id, 0, EVENTS_MAX)
        titles = [step.title for step in type.steps] if type else []
        because_of, followed_by = await operations.links(tx, operation.id)
        return Story(
            operation=operation,
            steps=steps(operation, titles, happened),
            summary=_summary(type, operation),
            events=happened,
            because_of=because_of,
            followed_by=followed_by,
            can_undo=operation.phase is Phase.SUCCEEDED and type is not None and type.inverse is not None,
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
