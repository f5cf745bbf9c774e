"""Aggregate the answers of a pool: for each task, what people most likely mean.

After each round where it stands is on disk, so the next process goes on from there; what was found is kept in chunks that may be
written again. Nobody sees any of it before the end.
"""

import asyncio
import enum
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, TypeVar

import msgspec

from headway.domain.pools.begin import begin
from headway.domain.world import World
from headway.engine.declare import OperationType, Run, Step
from headway.errors import Fenced, NotFound
from headway.ids import parse, show
from headway.model.aggregation import (
    ROUNDS_MAX,
    Answers,
    Beliefs,
    Estimate,
    believed,
    estimated,
    majority,
    skill_of,
    weighted,
)
from headway.model.fields import Errors, FieldError, Reader, Unfit, refuse_any
from headway.model.operations import Actor, Detail, NewEvent
from headway.model.pool_operations import PoolOperation
from headway.model.pools import Pool
from headway.model.solutions import Solution
from headway.model.specs import spec_of
from headway.store import assignments, operations, pools, skills, solutions
from headway.store.assignments import Answered
from headway.store.database import Tx

T = TypeVar("T")
CHUNK = 2000
SECONDS_MAX = 3600
ROUNDS_USUAL = 20


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


async def aggregate(world: World, given: dict[str, Any], by: Actor) -> PoolOperation:
    """Begin to aggregate. WrongFields; Unfit where the pool is of the wrong kind."""

    async def body(tx: Tx) -> PoolOperation:
        return await begin(world, tx, AGGREGATE, await _asked(tx, given, by), by=by)

    return await world.database.write(body)


async def _asked(tx: Tx, given: dict[str, Any], by: Actor) -> Aggregate:
    errors: Errors = {}
    reader = Reader(given, errors)
    type = reader.text("type", required=True, among=[it.value for it in Algorithm])
    pool = await _pool(tx, reader, by)
    fields = _fields(reader, pool)
    by_skill = type == Algorithm.WEIGHTED
    if type == Algorithm.DAWID_SKENE and len(fields) > 1:
        reader.wrong("fields", "array-size-greater-than-max", "One field at a time with this algorithm")
    skill_id = await _skill(tx, reader, by) if by_skill else 0
    refuse_any(errors)
    assert pool is not None
    if by_skill and pool.terms.mixer_config is None:
        raise Unfit("only-for-pool-with-mixer", "this algorithm is for pools that mix")
    return Aggregate(
        pool_id=pool.id,
        owner_id=by.account_id,
        algorithm=Algorithm(type or ""),
        fields=fields,
        skill_id=skill_id,
    )


async def _pool(tx: Tx, reader: Reader, by: Actor) -> Pool | None:
    shown = reader.text("pool_id", required=True)
    try:
        return await pools.get(tx, by.account_id, parse(shown) or 0) if shown else None
    except NotFound:
        return reader.wrong("pool_id", "entity-does-not-exist", "There is no such pool")


async def _skill(tx: Tx, reader: Reader, by: Actor) -> int:
    shown = reader.text("answer_weight_skill_id", required=True)
    try:
        return (await skills.get(tx, by.account_id, parse(shown) or 0)).id if shown else 0
    except NotFound:
        reader.wrong("answer_weight_skill_id", "entity-does-not-exist", "There is no such skill")
        return 0


def _fields(reader: Reader, pool: Pool | None) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for n, field in enumerate(reader.objects("fields", required=True, least=1)):
        name = field.text("name", required=True)
        spec = spec_of(pool.spec).output_spec.get(name or "") if pool is not None else None
        if name is None or pool is None:
            continue
        if spec is None:
            reader.errors[f"fields.{n}.name"] = FieldError("value-not-allowed", "Unknown field name")
        elif not spec.labels:
            reader.errors[f"fields.{n}.name"] = FieldError(
                "value-not-allowed", "Its values cannot be counted"
            )
        else:
            found[name] = spec.labels
    return found


# -- steps ---------------------------------------------------------------------------------------------------


async def estimate(run: Run[Aggregate, World]) -> None:
    """Round by round, until another would change next to nothing. Weighed by skill there are no rounds."""
    if run.params.algorithm is not Algorithm.DAWID_SKENE:
        return
    answers, _ = await _answers(run)
    now = await run.world.database.read(lambda tx: solutions.last_round(tx, run.operation.id))
    if not answers.tasks:
        return
    beliefs = None if now is None else await asyncio.to_thread(believed, answers, now)
    while now is None or not (now.settled or now.round >= ROUNDS_MAX):
        # In a thread: with many answers a round takes seconds, and the platform has else to do.
        now, beliefs = await asyncio.to_thread(_round, answers, beliefs, now)
        await _keep_round(run, now)
        run.progress(1 - 1 / (1 + now.round / ROUNDS_USUAL))


def _round(answers: Answers, beliefs: Beliefs | None, before: Estimate | None) -> tuple[Estimate, Beliefs]:
    now = estimated(answers, majority(answers) if beliefs is None else beliefs, before)
    return now, believed(answers, now)


async def _keep_round(run: Run[Aggregate, World], now: Estimate) -> None:
    await _guarded(run, lambda tx: solutions.keep_round(tx, run.operation.id, now))


async def keep(run: Run[Aggregate, World]) -> None:
    """What was found is on disk."""
    found = list(
        await (_by_estimate(run) if run.params.algorithm is Algorithm.DAWID_SKENE else _by_skill(run))
    )
    for start in range(0, len(found), CHUNK):
        await _keep_some(run, found[start : start + CHUNK])
        run.progress((start + CHUNK) / len(found))


async def _keep_some(run: Run[Aggregate, World], found: list[Solution]) -> None:
    await _guarded(run, lambda tx: solutions.insert(tx, run.operation.id, found))


async def forget(run: Run[Aggregate, World]) -> None:
    """Nothing was found."""
    await _guarded(run, lambda tx: solutions.forget(tx, run.operation.id))


async def _by_estimate(run: Run[Aggregate, World]) -> Iterable[Solution]:
    answers, task_ids = await _answers(run)
    now = await run.world.database.read(lambda tx: solutions.last_round(tx, run.operation.id))
    if now is None:
        return []
    ((name, labels),) = run.params.fields.items()
    beliefs = await asyncio.to_thread(believed, answers, now)
    return _likeliest(beliefs, task_ids, run.params.pool_id, name, labels)


def _likeliest(
    beliefs: Beliefs, task_ids: list[int], pool_id: int, name: str, labels: list[Any]
) -> list[Solution]:
    found: list[Solution] = []
    for task_id, row in zip(task_ids, beliefs, strict=True):
        sure = max(row)
        output = msgspec.json.encode({name: labels[row.index(sure)]}).decode()
        found.append(Solution(task_id, pool_id, min(1.0, sure), output))
    return found


async def _by_skill(run: Run[Aggregate, World]) -> Iterable[Solution]:
    known = await run.world.database.read(lambda tx: skills.values(tx, run.params.skill_id))
    said: dict[int, dict[str, list[tuple[int, float]]]] = {}
    async for one in _answered(run):
        for task_id, values in zip(one.task_ids, one.values, strict=True):
            for name, labels in run.params.fields.items():
                if (value := values.get(name)) is not None:
                    voice = (labels.index(value), skill_of(known, one.user_id))
                    said.setdefault(task_id, {}).setdefault(name, []).append(voice)
    return [_weighed(run.params, task_id, said[task_id]) for task_id in sorted(said)]


def _weighed(params: Aggregate, task_id: int, said: dict[str, list[tuple[int, float]]]) -> Solution:
    """Each field by itself; how sure they are together is the product."""
    values: dict[str, Any] = {}
    sure = 1.0
    for name, voices in said.items():
        labels = params.fields[name]
        winner, confidence = weighted(voices, len(labels))
        values[name] = labels[winner]
        sure *= confidence
    return Solution(task_id, params.pool_id, sure, msgspec.json.encode(values).decode())


async def _answers(run: Run[Aggregate, World]) -> tuple[Answers, list[int]]:
    """Who said what, as numbers; and the ids of the tasks, in order."""
    ((name, labels),) = run.params.fields.items()
    rows = [
        (task_id, one.user_id, labels.index(values[name]))
        async for one in _answered(run)
        for task_id, values in zip(one.task_ids, one.values, strict=True)
        if values.get(name) is not None
    ]
    tasks = {id: n for n, id in enumerate(sorted({task for task, _, _ in rows}))}
    people = {id: n for n, id in enumerate(sorted({person for _, person, _ in rows}))}
    numbers = Answers(
        [tasks[task] for task, _, _ in rows],
        [people[person] for _, person, _ in rows],
        [label for _, _, label in rows],
        (len(tasks), len(people), len(labels)),
    )
    return numbers, list(tasks)


async def _answered(run: Run[Aggregate, World]) -> AsyncIterator[Answered]:
    """Every answer that had been accepted when it began: with more the next round would not follow from the last."""
    after, pool_id = 0, run.params.pool_id
    while page := await _page(run, pool_id, after):
        for one in page:
            yield one
        after = page[-1].id


async def _page(run: Run[Aggregate, World], pool_id: int, after: int) -> list[Answered]:
    return await run.world.database.read(
        lambda tx: assignments.answered(tx, pool_id, run.operation.created_at, after)
    )


async def _guarded(run: Run[Aggregate, World], act: Callable[[Tx], Awaitable[T]]) -> T:
    """Write rows of this operation. Fenced where another node performs it by now."""

    async def body(tx: Tx) -> T:
        now = await operations.get(tx, run.operation.id)
        if now is None or now.fence != run.operation.fence or now.phase.terminal:
            raise Fenced("aggregation")
        return await act(tx)

    return await run.world.database.write(body)


# -- ends ----------------------------------------------------------------------------------------------------


async def record(run: Run[Aggregate, World], tx: Tx) -> None:
    """It is over."""
    it = run.operation
    await solutions.settle(tx, it.id)
    by, data = Actor(account_id=it.account_id), {"algorithm": run.params.algorithm.value}
    now = run.world.clock.now()
    tx.append(NewEvent(at=now, name="pool.aggregated", operation=it.id, target=it.target, by=by, data=data))


async def record_failure(run: Run[Aggregate, World], tx: Tx, _: Detail) -> None:
    """Nothing was found."""
    await solutions.forget(tx, run.operation.id)


AGGREGATE: OperationType[Aggregate, World] = OperationType(
    name="solution.aggregate",
    params=Aggregate,
    target=lambda params: f"pool:{params.pool_id}",
    exclusive=False,
    steps=(
        Step(title="estimate what is right", do=estimate, weight=3, seconds_max=SECONDS_MAX),
        Step(title="keep what was found", do=keep, undo=forget, seconds_max=SECONDS_MAX),
    ),
    record=record,
    record_failure=record_failure,
    summary=lambda params: f"aggregate the answers of a pool ({show(params.pool_id)})",
)
