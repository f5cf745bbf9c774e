"""Plays: operation types for tests, written as one line, and the stage on which they are performed.

`"a b:retry c:fail"` is a type of three steps. What a word after the colon means is in `_act` and `_act_back`; the
words `record:…` and `failure:…` at the end are about the rows of the type itself. What happened is told the same
way: `"a:do b:do b:do c:do c:undo b:undo a:undo failed broken"`.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec

from headway.clock import SECOND, Clock, SystemClock
from headway.engine.declare import Again, OperationType, Step
from headway.engine.perform import Performer
from headway.engine.run import Live
from headway.engine.scribe import Scribe
from headway.errors import Conflict, Failure, Retry
from headway.model.operations import Actor, Event, Operation, Phase
from headway.store import events, operations
from headway.store.database import Database, Tx
from tests.records import an_operation

BY = Actor(account_id=1, name="tester", dialect="tests")
ATTEMPTS_MAX = 3
SECONDS_MAX = 0.05


class Asked(msgspec.Struct, frozen=True):
    """What a play is about."""

    target: str = "thing:1"


class Stage:
    """The world that plays act on."""

    def __init__(self) -> None:
        self.happened: list[str] = []
        self.reached: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        """Set when a step has begun."""
        self.gates: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        """What steps wait for that say `hold`, `keep` or `clean`."""
        self.notes: list[dict[str, Any]] = []
        """The notes as each step found them."""
        self.recorded: list[str] = []

    def say(self, what: str) -> int:
        """Keep what happens; how often it has happened."""
        self.happened.append(what)
        return self.happened.count(what)


class QuickClock(SystemClock):
    """Its sleep takes no time, though time passes."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.slept: list[float] = []

    def now(self) -> int:
        return super().now() + int(self.ahead * SECOND)

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.ahead += max(0.0, seconds)
        await asyncio.sleep(0)


def play(script: str, *, name: str = "test.play", exclusive: bool = True) -> OperationType[Asked, Stage]:
    """The type that a line describes."""
    words = [word.partition(":") for word in script.split()]
    steps = [(step, how) for step, _, how in words if step not in {"record", "failure"}]
    rows = {step: how for step, _, how in words if step in {"record", "failure"}}

    async def record(run: Any, tx: Tx) -> None:
        run.world.recorded.append("record")
        if rows["record"] == "refused":
            raise Conflict("somebody was quicker")
        if rows["record"] == "raise":
            raise ZeroDivisionError

    async def record_failure(run: Any, tx: Tx, detail: Any) -> None:
        run.world.recorded.append(f"failure {detail.code}")

    return OperationType(
        name=name,
        params=Asked,
        target=lambda asked: asked.target,
        exclusive=exclusive,
        steps=tuple(_step(step, how) for step, how in steps),
        record=record if "record" in rows else None,
        record_failure=record_failure if "failure" in rows else None,
    )


def _step(name: str, how: str) -> Step:
    async def do(run: Any) -> dict[str, Any]:
        run.world.notes.append(dict(run.notes))
        count = run.world.say(f"{name}:do")
        run.world.reached[name].set()
        await _act(run, name, how, count)
        return {name: count}

    async def undo(run: Any) -> None:
        count = run.world.say(f"{name}:undo")
        run.world.reached[f"{name}:undo"].set()
        await _act_back(run, name, how, count)

    return Step(
        title=name,
        do=do,
        undo=None if how == "no-undo" else undo,
        again=Again(attempts_max=ATTEMPTS_MAX),
        interruptible=how != "keep",
        seconds_max=SECONDS_MAX if how == "slow" else 30,
    )


async def _crowd(trouble: Exception) -> None:
    """Two at once: one fails, and the other is ended by that."""

    async def fail() -> None:
        raise trouble

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.Event().wait())
            group.create_task(fail())
    except ExceptionGroup as troubles:
        raise troubles.exceptions[0] from None


async def _act(run: Any, name: str, how: str, count: int) -> None:
    match how:
        case "fail":
            raise Failure("broken", f"{name} is broken")
        case "crowd-fail":
            await _crowd(Failure("broken", f"{name} is broken"))
        case "retry" if count == 1:
            raise Retry("not now")
        case "raise":
            raise ZeroDivisionError
        case "late" if count == 1:
            raise TimeoutError
        case "slow":
            await asyncio.Event().wait()
        case "hold" | "keep" | "stubborn" | "clumsy" | "sorry":
            await _wait(run.world, name, how)
        case "say":
            run.say(f"{name} says {count}")
        case "yield":
            await asyncio.sleep(0.002)
        case _:
            pass


async def _wait(stage: Stage, name: str, how: str) -> None:
    try:
        await stage.gates[name].wait()
    except asyncio.CancelledError:
        stage.say(f"{name}:stopped")
        if how == "clumsy":
            raise ZeroDivisionError from None
        if how == "sorry":
            raise Failure("stopped", "it was stopped") from None
        if how != "stubborn":
            raise


async def _act_back(run: Any, name: str, how: str, count: int) -> None:
    match how:
        case "undo-fail":
            run.say("it is stuck")
            raise Failure("stuck", f"{name} is stuck")
        case "undo-retry" if count == 1:
            raise Retry("not now")
        case "undo-raise":
            raise ZeroDivisionError
        case "undo-hold":
            await _wait(run.world, f"{name}:undo", how)
        case _:
            pass


# -- performing without a worker -----------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def writing_down(clock: Clock) -> AsyncIterator[Callable[[Live[Any, Any]], None]]:
    """What a `Live` calls when it has something to write down; served until the end."""
    scribe = Scribe(clock)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(scribe.serve())
        try:
            yield scribe.call
        finally:
            serving.cancel()


async def begun(database: Database, type: OperationType[Asked, Stage], **changes: Any) -> Operation:
    """An operation of this type that node 1 has begun."""
    at = SystemClock().now()
    begun: dict[str, Any] = {"phase": Phase.RUNNING, "owner": 1, "fence": 1, "started_at": at}
    times = {"created_at": at, "updated_at": at, "type": type.name, "target": "thing:1"}
    operation = an_operation(**begun | times | changes)
    assert await database.journal(operations.accepted(operation, BY)) is not None
    return operation


async def perform(
    database: Database,
    type: OperationType[Asked, Stage],
    stage: Stage,
    operation: Operation,
    clock: SystemClock | None = None,
) -> Operation:
    """Perform it to its end; its row then."""
    clock = clock or QuickClock()
    async with writing_down(clock) as soon:
        run = Live(stage, type, operation, database=database, clock=clock, soon=soon)
        await Performer(database, clock, lambda: True).perform(run)
    return await row(database, operation.id)


async def row(database: Database, id: int) -> Operation:
    """The operation as it is now."""
    found = await database.read(lambda tx: operations.get(tx, id))
    assert found is not None
    return found


async def history(database: Database, id: int) -> list[Event]:
    """What happened to it."""
    return await database.read(lambda tx: events.of_operation(tx, id, count=10_000))


def told(stage: Stage, operation: Operation) -> str:
    """What happened, as a line."""
    code = [operation.detail.code] if operation.detail is not None else []
    return " ".join([*stage.happened, operation.phase.name.lower(), *code])
