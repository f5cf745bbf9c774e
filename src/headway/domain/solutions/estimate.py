"""What several answers to a task come to, for all tasks of a pool: round by round, or weighed by skill.

After each round where it stands is on disk, so the next process goes on from there.
"""

import asyncio
import enum
from collections.abc import AsyncIterator, Iterable
from typing import Any

import msgspec

from headway.domain.pools.guarded import guarded
from headway.domain.world import World
from headway.engine.declare import Run
from headway.model.aggregation import (
    ROUNDS_MAX,
    Answers,
    Crowd,
    Estimate,
    believed,
    crowd_of,
    likeliest,
    next_round,
)
from headway.model.weighing import Numbers, Said, known_before, numbered, skill_of, weighed
from headway.store import assignments, skills, solutions, tasks
from headway.store.assignments import Answered

ROUNDS_USUAL = 20
PAGE = 200


class Algorithm(enum.StrEnum):
    """How it is done."""

    DAWID_SKENE = "DAWID_SKENE"
    WEIGHTED = "WEIGHTED_DYNAMIC_OVERLAP"


class Aggregate(msgspec.Struct, frozen=True, kw_only=True):
    """Of which pool, how, and which fields of its answers with which values."""

    pool_id: int
    owner_id: int
    algorithm: Algorithm
    fields: dict[str, list[Any]]
    skill_id: int = 0
    """By which people's answers are weighed."""
    project_id: int = 0
    pool_name: str = ""


class Found(msgspec.Struct, frozen=True, gc=False):
    """What the answers to a task come to."""

    task_id: int
    values: dict[str, Any]
    confidence: float
    answers: int
    """Of how many people."""


async def estimate(run: Run[Any, World], of: Aggregate) -> None:
    """Round by round, until another would change next to nothing. Weighed by skill there are no rounds."""
    if of.algorithm is not Algorithm.DAWID_SKENE:
        return
    crowd, _ = await _crowd(run, of)
    if crowd is None:
        return
    now = await run.world.database.read(lambda tx: solutions.last_round(tx, run.operation.id))
    while now is None or not (now.settled or now.round >= ROUNDS_MAX):
        # In a thread: with many answers a round takes seconds, and the platform has else to do.
        now = await asyncio.to_thread(next_round, crowd, now)
        await _keep_round(run, now)
        run.progress(1 - 1 / (1 + now.round / ROUNDS_USUAL))


async def _keep_round(run: Run[Any, World], now: Estimate) -> None:
    await guarded(run, lambda tx: solutions.keep_round(tx, run.operation.id, now))


async def found(run: Run[Any, World], of: Aggregate) -> list[Found]:
    """What was found, by task, once it is estimated."""
    by_rounds = of.algorithm is Algorithm.DAWID_SKENE
    return await (_by_estimate(run, of) if by_rounds else _by_skill(run, of))


async def _by_estimate(run: Run[Any, World], of: Aggregate) -> list[Found]:
    crowd, met = await _crowd(run, of)
    now = await run.world.database.read(lambda tx: solutions.last_round(tx, run.operation.id))
    if crowd is None or now is None:
        return []
    return await asyncio.to_thread(_likeliest, crowd, now, met, next(iter(of.fields)))


def _likeliest(crowd: Crowd, now: Estimate, met: "Met", name: str) -> list[Found]:
    task_ids, counts, values = list(met.tasks), crowd.counts, met.labels
    each = zip(crowd.order, likeliest(believed(crowd, now)), strict=True)
    rows = [Found(task_ids[n], {name: values[label]}, sure, counts[n]) for n, (label, sure) in each]
    return sorted(rows, key=lambda it: it.task_id)


class Met:
    """Numbers for what is met, in the order in which it is: tasks and people by their ids; and of labels those that are said."""

    def __init__(self) -> None:
        self.tasks: dict[int, int] = {}
        self.people: dict[str, int] = {}
        self.labels: list[Any] = []


async def _crowd(run: Run[Any, World], of: Aggregate) -> tuple[Crowd | None, Met]:
    """Who said what; None where nobody said anything."""
    ((name, labels),) = of.fields.items()
    met, number = Met(), {value: n for n, value in enumerate(labels)}
    who, what, which = list[int](), list[int](), list[int]()
    async for one in _answered(run, of.pool_id):
        person = met.people.setdefault(one.user_id, len(met.people))
        for task_id, values in zip(one.task_ids, one.values, strict=True):
            if (value := values.get(name)) is not None:
                which.append(met.tasks.setdefault(task_id, len(met.tasks)))
                who.append(person)
                what.append(number[value])
    if not which:
        return None, met
    # Nobody's label is nobody's answer, however likely it would be otherwise.
    said = sorted(set(what))
    met.labels = [labels[n] for n in said]
    what = [said.index(n) for n in what] if len(said) < len(labels) else what
    sizes = (len(met.tasks), len(met.people), len(said))
    return await asyncio.to_thread(crowd_of, Answers(which, who, what, sizes)), met


# -- weighed by skill ----------------------------------------------------------------------------------------


async def _by_skill(run: Run[Any, World], of: Aggregate) -> list[Found]:
    known = await run.world.database.read(lambda tx: skills.values(tx, of.skill_id))
    said: dict[int, list[tuple[Numbers, float]]] = {}
    # Few different ones are said by many: each is kept once.
    kept: dict[Numbers, Numbers] = {}
    async for one in _answered(run, of.pool_id):
        skill = skill_of(known, one.user_id)
        for task_id, values in zip(one.task_ids, one.values, strict=True):
            numbers = numbered(values, of.fields)
            said.setdefault(task_id, []).append((kept.setdefault(numbers, numbers), skill))
    before = await _known_before(run, of, said)
    return await asyncio.to_thread(_weighed, of, said, before)


def _weighed(
    of: Aggregate, said: dict[int, list[tuple[Numbers, float]]], before: dict[int, Said]
) -> list[Found]:
    rows: list[Found] = []
    for task_id in sorted(said):
        values, sure = weighed([*said[task_id], *before.get(task_id, ())], of.fields)
        if values:
            rows.append(Found(task_id, values, sure, len(said[task_id])))
    return rows


async def _known_before(run: Run[Any, World], of: Aggregate, asked: Iterable[int]) -> dict[int, Said]:
    """What was said of tasks before anybody was asked."""
    wanted, found, after = set(asked), dict[int, Said](), 0
    while page := await _with_baselines(run, of.pool_id, after):
        found |= {it.id: known_before(it.content, of.fields) for it in page if it.id in wanted}
        after = page[-1].id
        await run.world.clock.sleep(0)
    return found


async def _with_baselines(run: Run[Any, World], pool_id: int, after: int) -> list[Any]:
    return await run.world.database.read(lambda tx: tasks.with_baselines(tx, pool_id, after))


# -- answers -------------------------------------------------------------------------------------------------


async def _answered(run: Run[Any, World], pool_id: int) -> AsyncIterator[Answered]:
    """Every answer that had been accepted when it began: with more the next round would not follow from the last."""
    after = 0
    while page := await _page(run, pool_id, after):
        for one in page:
            yield one
        after = page[-1].id
        # A read of SQLite waits for nobody: without this all pages would be read before anybody else has a turn.
        await run.world.clock.sleep(0)


async def _page(run: Run[Any, World], pool_id: int, after: int) -> list[Answered]:
    return await run.world.database.read(
        lambda tx: assignments.answered(tx, pool_id, run.operation.created_at, after, PAGE)
    )
