"""Operation types made by the seed: steps that take long, fail, are tried again, swallow a cancel, or will not be undone.

A type is a line of words, `a:long b:retry c:keep/undo-retry`: the step, how it is done, and how it is undone.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import msgspec

from headway.engine.declare import Again, OperationType, Step
from headway.errors import Conflict, Failure, Retry
from headway.model.operations import Detail
from headway.store.database import Tx
from headway.store.sheets import parsed
from headway.testing.simulation.stage import Act, Place

RECORDS = parsed(
    "simulated",
    """
-- name: table
CREATE TABLE IF NOT EXISTS simulated (operation BIGINT NOT NULL, fence INTEGER NOT NULL)
-- name: insert
INSERT INTO simulated (operation, fence) VALUES (:operation, :fence)
-- name: counted
SELECT operation, count(*) FROM simulated GROUP BY operation
""",
)
HOWS = (
    *("quick",) * 6,
    *("long", "retry", "raise", "say", "keep"),
    *("fail", "late", "always", "stubborn", "bare", "progress", "retry", "say"),
)
BACKS = (*("plain",) * 8, "undo-retry", "undo-raise", "undo-long", "undo-say", "undo-fail")
TARGETS = 12
TYPES = 6
DEADLINE_SECONDS = 8.0


class Asked(msgspec.Struct, frozen=True):
    """What a play is about."""

    target: str


def lines(random: Random, count: int = TYPES) -> list[str]:
    """That many types, as lines."""
    return [
        " ".join(
            f"{name}:{random.choice(HOWS)}/{random.choice(BACKS)}" for name in "abcd"[: random.randint(1, 4)]
        )
        + random.choice(["", "", " record:plain", " record:plain failure:plain", " record:refused"])
        for _ in range(count)
    ]


def play(line: str, name: str, *, exclusive: bool = True) -> OperationType[Asked, Place]:
    """The type that a line describes."""
    words = [word.partition(":") for word in line.split()]
    ends = {word: how for word, _, how in words if word in {"record", "failure"}}
    steps = [(word, *_split(how)) for word, _, how in words if word not in ends]
    return OperationType(
        name=name,
        params=Asked,
        target=lambda asked: asked.target,
        exclusive=exclusive,
        steps=tuple(_step(*it) for it in steps),
        record=_record(ends["record"]) if "record" in ends else None,
        record_failure=_record_failure if "failure" in ends else None,
    )


def _split(how: str) -> tuple[str, str]:
    do, _, back = how.partition("/")
    return do, back


def _record(how: str) -> Callable[[Any, Tx], Awaitable[None]]:
    async def record(run: Any, tx: Tx) -> None:
        await tx.run(RECORDS["insert"], operation=run.operation.id, fence=run.operation.fence)
        if how == "refused" and run.operation.id % 2:
            raise Conflict("somebody was quicker")

    return record


async def _record_failure(run: Any, tx: Tx, _: Detail) -> None:
    await tx.run(RECORDS["insert"], operation=run.operation.id, fence=run.operation.fence)


async def make_table(tx: Tx) -> None:
    """Where types record what they did."""
    await tx.run(RECORDS["table"])


async def counted(tx: Tx) -> dict[int, int]:
    """How often each operation was recorded."""
    return {int(id): int(count) for id, count in await tx.all(RECORDS["counted"])}


def _step(name: str, how: str, back: str) -> Step:
    async def do(run: Any) -> dict[str, Any]:
        place: Place = run.world
        before = [it.title for it in run.type.steps[: run.operation.step]]
        missing = [title for title in before if title not in run.notes]
        place.stage.witness.hold("notes-kept", not missing, f"{name} misses the notes of {missing}")
        with place.acting(run, name, back=False) as act:
            await _do(run, act, how)
        return {name: act.fence}

    async def undo(run: Any) -> None:
        with run.world.acting(run, name, back=True) as act:
            await _undo(run, act, back)

    return Step(
        title=name,
        do=do,
        undo=None if how == "bare" else undo,
        again=Again(attempts_max=4, first_seconds=10 if how == "later" else 0.2),
        interruptible=how != "keep",
        seconds_max=DEADLINE_SECONDS if how in {"late", "keep"} else 60,
    )


async def _do(run: Any, act: Act, how: str) -> None:
    place: Place = run.world
    seldom = place.stage.random
    lasts = how != "bare"
    await place.works(seldom.expovariate(50))
    place.stage.touch(act, lasts=lasts)
    match how:
        case "long" | "keep":
            await _at_length(
                place, act, how, seldom.randint(2, 6) if how == "keep" else seldom.randint(2, 20)
            )
        case "stubborn":
            await _stubborn(place, act)
        case "wait":
            await place.works(1)
        case "stay":
            await _stay(place)
        case "say" | "progress":
            await _talk(run, act)
        case _:
            await place.works(seldom.expovariate(100))
            await _trouble(place, act, how)
    place.stage.touch(act, lasts=lasts)


async def _trouble(place: Place, act: Act, how: str) -> None:
    count = place.count(act.operation, act.step)
    match how:
        case "later" if count == 1:
            raise Retry("in a while")
        case "retry" if count % 3:
            raise Retry("not now")
        case "raise" if count == 1:
            raise OSError("the cable is out")
        case "always":
            raise ZeroDivisionError
        case "fail":
            raise Failure("broken", f"{act.step} is broken")
        case "late" if count % 2:
            await place.works(DEADLINE_SECONDS + 1)
        case _:
            pass


async def _at_length(place: Place, act: Act, how: str, times: int) -> None:
    try:
        for _ in range(times):
            await place.works(1)
            place.stage.touch(act)
    except asyncio.CancelledError:
        text = f"{act.step} was stopped half-way"
        late = place.stage.witness.time() - act.begun > DEADLINE_SECONDS - 0.001
        allowed = how != "keep" or late or place.stage.whole(act)
        place.stage.witness.hold("kept-step-is-whole", allowed, text)
        raise


async def _stubborn(place: Place, act: Act) -> None:
    """Will not be stopped, once."""
    try:
        await place.works(4)
    except asyncio.CancelledError:
        place.stage.touch(act)
        await place.works(0.5)


async def _stay(place: Place) -> None:
    """Will not be stopped by a node that has lost its lease."""
    ends = place.stage.witness.time() + 2
    while place.stage.witness.time() < ends:
        with contextlib.suppress(asyncio.CancelledError):
            await place.works(0.5)


async def _talk(run: Any, act: Act) -> None:
    place: Place = run.world
    said: list[str] = []
    for n in range(3):
        said.append(f"{act.step} {place.count(act.operation, act.step)} {act.fence}")
        run.say(said[-1])
        run.progress(n / 3)
        await place.works(place.stage.random.choice([0.0, 0.0, 0.3]))
    place.stage.said(act, said)


async def _undo(run: Any, act: Act, back: str) -> None:
    place: Place = run.world
    await place.works(place.stage.random.expovariate(50))
    count = place.count(act.operation, f"{act.step}:undo")
    match back:
        case "undo-retry" if count % 2:
            raise Retry("not now")
        case "undo-raise" if count == 1:
            raise OSError("the cable is out")
        case "undo-fail":
            raise Failure("stuck", f"{act.step} is stuck")
        case "undo-long":
            await place.works(7)
        case "undo-say":
            run.say(f"{act.step} is taken back")
        case _:
            pass
    place.stage.touch(act)
