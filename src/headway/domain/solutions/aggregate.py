"""Aggregate the answers of a pool: for each task, what people most likely mean.

What was found is kept in chunks that may be written again. Nobody sees any of it before the end.
"""

from typing import Any

import msgspec

from headway.domain.pools.begin import begin
from headway.domain.pools.guarded import guarded
from headway.domain.solutions import estimate as estimating
from headway.domain.solutions.estimate import Aggregate, Algorithm, Found
from headway.domain.world import World
from headway.engine.declare import OperationType, Run, Step
from headway.errors import NotFound
from headway.ids import parse, show
from headway.model.fields import Errors, FieldError, Reader, Unfit, refuse_any
from headway.model.operations import Actor, Detail, NewEvent
from headway.model.pool_operations import PoolOperation
from headway.model.pools import Pool
from headway.model.solutions import Solution
from headway.model.specs import spec_of
from headway.store import pools, skills, solutions
from headway.store.database import Tx

CHUNK = 2000
SECONDS_MAX = 3600


async def aggregate(world: World, given: dict[str, Any], by: Actor) -> PoolOperation:
    """Begin to aggregate. WrongFields; Unfit where the pool is of the wrong kind."""

    async def body(tx: Tx) -> PoolOperation:
        return await begin(world, tx, AGGREGATE, await wanted(tx, given, by), by=by)

    return await world.database.write(body)


async def wanted(
    tx: Tx, given: dict[str, Any], by: Actor, *, among: tuple[Algorithm, ...] = tuple(Algorithm)
) -> Aggregate:
    """What is asked for. WrongFields; Unfit where the pool is of the wrong kind."""
    errors: Errors = {}
    reader = Reader(given, errors)
    type = reader.text("type", required=True, among=[it.value for it in among])
    pool = await _pool(tx, reader, by)
    fields = _fields(reader, pool)
    by_skill = type == Algorithm.WEIGHTED
    if type == Algorithm.DAWID_SKENE and len(fields) > 1:
        reader.wrong("fields", "array-size-greater-than-max", "One field at a time with this algorithm")
    skill_id = await skill_named(tx, reader, by) if by_skill else 0
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
        project_id=pool.project_id,
        pool_name=pool.terms.private_name,
    )


async def _pool(tx: Tx, reader: Reader, by: Actor) -> Pool | None:
    shown = reader.text("pool_id", required=True)
    try:
        return await pools.get(tx, by.account_id, parse(shown) or 0) if shown else None
    except NotFound:
        return reader.wrong("pool_id", "entity-does-not-exist", "There is no such pool")


async def skill_named(tx: Tx, reader: Reader, by: Actor) -> int:
    """The skill by which people's answers are weighed; 0 where none of the asker's is named, and that is told."""
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
    """What is right is estimated."""
    await estimating.estimate(run, run.params)


async def keep(run: Run[Aggregate, World]) -> None:
    """What was found is on disk."""
    found = await estimating.found(run, run.params)
    # Skills may have changed since it was begun before: nothing of that may be left between.
    await guarded(run, lambda tx: solutions.strike(tx, run.operation.id))
    for start in range(0, len(found), CHUNK):
        await keep_some(run, run.params.pool_id, found[start : start + CHUNK])
        run.progress((start + CHUNK) / len(found))


async def keep_some(run: Run[Any, World], pool_id: int, found: list[Found]) -> None:
    """Some of what was found is on disk."""
    rows = [
        Solution(it.task_id, pool_id, it.confidence, msgspec.json.encode(it.values).decode()) for it in found
    ]
    await guarded(run, lambda tx: solutions.insert(tx, run.operation.id, rows))


async def forget(run: Run[Any, World]) -> None:
    """Nothing was found."""
    await guarded(run, lambda tx: solutions.forget(tx, run.operation.id))


# -- ends ----------------------------------------------------------------------------------------------------


async def record(run: Run[Aggregate, World], tx: Tx) -> None:
    """It is over."""
    it = run.operation
    await solutions.settle(tx, it.id)
    by, data = Actor(account_id=it.account_id), {"algorithm": run.params.algorithm.value}
    now = run.world.clock.now()
    tx.append(NewEvent(at=now, name="pool.aggregated", operation=it.id, target=it.target, by=by, data=data))


async def record_failure(run: Run[Any, World], tx: Tx, _: Detail) -> None:
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
