"""An engine under load, and the proof that nothing was lost or doubled: what each fault is tried on.

Submitters work in a closed loop: each submits with an idempotency key, again and again until it is acknowledged,
waits for the end, and submits the next. So there are exactly as many operations as there were keys.
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from headway.clock import Clock, SystemClock
from headway.engine.declare import OperationType, Step
from headway.engine.submit import Desk, key_of
from headway.engine.worker import Worker
from headway.errors import Unavailable
from headway.ids import Ids
from headway.model.operations import Actor, Event, NewEvent, Operation, Phase
from headway.store import events, operations
from headway.store.database import Database, StorageFull, Tx
from tests.engine.folding import by_operation, check, check_all

BY = Actor(account_id=1, name="tester", dialect="tests")
AWAY = (Unavailable, StorageFull)
PAUSE_SECONDS = 0.02
END_SECONDS = 120


class Asked(msgspec.Struct, frozen=True):
    """What it is about."""

    target: str


async def _step(run: Any) -> dict[str, Any]:
    run.say(f"step {run.operation.step}")
    return {f"step {run.operation.step}": run.operation.fence}


async def _record(run: Any, tx: Tx) -> None:
    tx.append(NewEvent(at=run.world.now(), name="work.recorded", target=run.params.target))


WORK: OperationType[Asked, Clock] = OperationType(
    name="test.work",
    params=Asked,
    target=lambda asked: asked.target,
    steps=tuple(Step(title=title, do=_step) for title in ("first", "second", "third")),
    record=_record,
)


class Engine:
    """One node, as far as the engine goes."""

    def __init__(
        self,
        database: Database,
        *,
        name: str = "one",
        clock: Clock | None = None,
        ids: Ids | None = None,
        lease_seconds: float = 5,
        catalog: dict[str, OperationType[Any, Any]] | None = None,
    ) -> None:
        self.database = database
        self.clock = clock or SystemClock()
        self.ids = ids or Ids(self.clock)
        self.worker = Worker[Any](
            database,
            self.clock,
            catalog or {WORK.name: WORK},
            node=name,
            lease_seconds=lease_seconds,
            operations_max=100,
            numbered=self.ids.belong_to,
        )
        self.worker.given(self.clock)
        self.desk = Desk(self.ids, self.clock, self.worker)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["Engine"]:
        """It claims and performs until the end of the block, and then stops in good order."""
        ready, stop = asyncio.Event(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.worker.serve(ready, stop))
            await ready.wait()
            try:
                yield self
            finally:
                stop.set()

    async def submit(self, target: str, key: str = "") -> Operation:
        """Accept one; the first one again for a key that was there before."""
        sent = key_of(BY, key, WORK.name, target)

        async def body(tx: Tx) -> Operation:
            if (earlier := await self.desk.earlier(tx, sent)) is not None:
                return earlier
            return await self.desk.submit(tx, WORK, Asked(target), by=BY, key=sent)

        return await self.database.write(body)


class Load:
    """What submitters did to an engine, and what came of it."""

    def __init__(self, engine: Engine) -> None:
        self.acknowledged: dict[str, int] = {}
        """The operation of each key."""
        self.refused: Counter[str] = Counter()
        """How often each answer was given that is none."""
        self._engine = engine
        self._stop = asyncio.Event()
        self._came = asyncio.Condition()
        self._group: asyncio.TaskGroup | None = None
        self._knocks = itertools.count()

    @asynccontextmanager
    async def running(self, submitters: int = 6) -> AsyncIterator["Load"]:
        """Load while the body runs. What was asked then is asked until it is acknowledged, and has ended."""
        async with asyncio.TaskGroup() as self._group:
            for n in range(submitters):
                self._group.create_task(self._submit(n))
            try:
                yield self
            finally:
                self._stop.set()

    async def more(self, count: int) -> None:
        """Return when so many more have been acknowledged."""
        wanted = len(self.acknowledged) + count
        async with asyncio.timeout(END_SECONDS), self._came:
            await self._came.wait_for(lambda: len(self.acknowledged) >= wanted)

    async def refusals(self, count: int = 1) -> None:
        """Return when so many more have been refused."""
        wanted = self.refused.total() + count
        async with asyncio.timeout(END_SECONDS), self._came:
            await self._came.wait_for(lambda: self.refused.total() >= wanted)

    async def until_refused(self) -> None:
        """Submit without waiting for the end until that is refused; what was refused is asked again and again."""
        assert self._group
        before = self.refused.total()
        async with asyncio.timeout(END_SECONDS):
            while self.refused.total() == before:
                asked = self._group.create_task(self._one(f"knock-{next(self._knocks)}"))
                refused = asyncio.ensure_future(self.refusals())
                await asyncio.wait([asked, refused], return_when=asyncio.FIRST_COMPLETED)
                refused.cancel()

    async def _submit(self, n: int) -> None:
        for count in itertools.count():
            if self._stop.is_set():
                return
            await self._end_of(await self._one(f"{n}-{count}"))

    async def _one(self, key: str) -> int:
        it = await self._insist(lambda: self._engine.submit(f"thing:{key}", key))
        self.acknowledged[key] = it.id
        await self._tell()
        return it.id

    async def _insist(self, act: Any) -> Any:
        while True:
            try:
                return await act()
            except AWAY as error:
                self.refused[str(error)] += 1
                await self._tell()
                await asyncio.sleep(PAUSE_SECONDS)

    async def _tell(self) -> None:
        async with self._came:
            self._came.notify_all()

    async def _end_of(self, id: int) -> None:
        database, changed = self._engine.database, asyncio.Event()
        end = database.listen(lambda _: changed.set())
        try:
            async with asyncio.timeout(END_SECONDS):
                while True:
                    changed.clear()
                    it = await self._insist(lambda: database.read(lambda tx: operations.get(tx, id)))
                    assert it is not None, f"{id} was acknowledged, and is lost"
                    if it.phase.terminal:
                        return
                    await changed.wait()
        finally:
            end()


async def everything(database: Database) -> tuple[dict[int, Operation], list[Event]]:
    """Every operation and every event."""

    async def body(tx: Tx) -> tuple[dict[int, Operation], list[Event]]:
        rows = await operations.newest(tx, before=1 << 62, account_id=0, target="", count=1_000_000)
        return {it.id: it for it in rows}, await events.after(tx, 0, 10_000_000)

    return await database.read(body)


async def nothing_is_lost_or_doubled(database: Database, acknowledged: dict[str, int]) -> None:
    """Each key has one operation, which ended well, and was written down once; events have no gap."""
    rows, known = await everything(database)
    assert acknowledged, "nothing was asked"
    assert sorted(rows) == sorted(acknowledged.values()), "one operation a key, no more and no less"
    all_is_well(rows, known)


def all_is_well(rows: dict[int, Operation], known: list[Event]) -> None:
    """Every operation ended well, once, and all that is promised of histories holds."""
    check_all(known, set(rows))
    histories = by_operation(known)
    for id, it in rows.items():
        assert it.phase is Phase.SUCCEEDED, it
        check(it, histories[id])
    recorded = Counter(event.target for event in known if event.name == "work.recorded")
    assert recorded == Counter(it.target for it in rows.values()), "what is recorded once was"
