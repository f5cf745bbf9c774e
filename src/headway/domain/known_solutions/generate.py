"""Make control tasks of what people have answered: copies of tasks whose answer is sure by now.

What the answers come to is found as by an aggregation. The tasks that are chosen are a list on disk; each transaction makes
copies of some and strikes those off, so that each is made once wherever the power is cut; and they are out of sight
until all are there.
"""

from typing import Any

import msgspec

from headway.domain.batches.making import TASK, uploaded
from headway.domain.pools.begin import begin, refuse_taken, same_in_flight
from headway.domain.pools.change import unfit
from headway.domain.pools.guarded import guarded
from headway.domain.solutions import estimate as estimating
from headway.domain.solutions.aggregate import forget, keep_some, skill_named
from headway.domain.solutions.aggregate import record_failure as forget_all
from headway.domain.solutions.estimate import Aggregate, Algorithm, Found
from headway.domain.world import World
from headway.engine.declare import OperationType, Run, Step
from headway.errors import Conflict, Failure
from headway.ids import show
from headway.model.batches import Counts
from headway.model.fields import Errors, Reader, Unfit, refuse_any
from headway.model.known_solutions import COUNT_MAX, balanced, copied, usual_count
from headway.model.labelling_projects import Project
from headway.model.listing import Search
from headway.model.operations import Actor, Detail
from headway.model.pool_operations import PoolOperation
from headway.model.pools import OVERLAP_MAX, Pool, PoolStatus
from headway.model.solutions import Solution
from headway.model.specs import FieldSpec, spec_of
from headway.model.tasks import Kind, Task
from headway.store import labelling_projects, pool_operations, pools, solutions, tasks
from headway.store.database import Tx

CHUNK = 500
SECONDS_MAX = 3600
CONFIDENCE, ANSWERS = 0.9, 3
DONE = "control tasks have been made of the answers in this project already"


class Generate(msgspec.Struct, frozen=True, kw_only=True):
    """Of which answers, how sure they must be, and how many control tasks are made at most."""

    of: Aggregate
    project_name: str
    min_confidence: float
    min_answers: int
    max_count: int
    """0: a tenth of the tasks that have answers."""


async def generate(
    world: World, pool_id: int, given: dict[str, Any], by: Actor, *, shown: str = ""
) -> PoolOperation:
    """Begin to make them; what is under way already where it is asked for again without an id of its own.

    NotFound; WrongFields; Unfit unless the pool is closed and mixes; Conflict where it was done in the project; Busy.
    """

    async def body(tx: Tx) -> PoolOperation:
        await refuse_taken(tx, by, shown)
        pool = await pools.get(tx, by.account_id, pool_id)
        project = await labelling_projects.get(tx, by.account_id, pool.project_id)
        params = await _wanted(tx, given, pool, project, by)
        if not shown and (same := await same_in_flight(tx, GENERATE, params)) is not None:
            return same
        await _refuse_unfit(tx, pool)
        return await begin(world, tx, GENERATE, params, by=by, shown=shown)

    return await world.database.write(body)


async def _refuse_unfit(tx: Tx, pool: Pool) -> None:
    if pool.status is not PoolStatus.CLOSED:
        raise unfit(pool, PoolStatus.CLOSED)
    if pool.terms.mixer_config is None:
        raise Unfit("mixer-config-required", "control tasks are for pools that mix")
    if await labelling_projects.is_known(tx, pool.project_id):
        raise Conflict(DONE)


async def _wanted(tx: Tx, given: dict[str, Any], pool: Pool, project: Project, by: Actor) -> Generate:
    errors: Errors = {}
    reader = Reader(given, errors)
    name, field = _field(reader, pool)
    kind = reader.text("algorithm", among=[it.value for it in Algorithm]) or Algorithm.DAWID_SKENE
    skill_id = await skill_named(tx, reader, by) if kind == Algorithm.WEIGHTED else 0
    sure = reader.share("min_confidence")
    answers = reader.integer("min_answers", 1, OVERLAP_MAX)
    count = reader.integer("max_count", 1, COUNT_MAX)
    refuse_any(errors)
    of = Aggregate(
        pool_id=pool.id,
        owner_id=by.account_id,
        algorithm=Algorithm(kind),
        fields={name: field.labels or []},
        skill_id=skill_id,
        project_id=pool.project_id,
        pool_name=pool.terms.private_name,
    )
    return Generate(
        of=of,
        project_name=project.public_name,
        min_confidence=CONFIDENCE if sure is None else sure,
        min_answers=answers or ANSWERS,
        max_count=count or 0,
    )


def _field(reader: Reader, pool: Pool) -> tuple[str, FieldSpec]:
    """The field of answers that is known then: the one that is named, or the only one that can be."""
    specs = spec_of(pool.spec).output_spec
    fitting = [name for name, it in specs.items() if it.required and it.labels]
    name = reader.text("field") or (fitting[0] if len(fitting) == 1 else None)
    if name is None:
        reader.wrong("field", "value-required", f"Say which: {', '.join(fitting) or 'none can be counted'}")
    elif name not in fitting:
        reader.wrong("field", "value-not-allowed", "It must be required, with values that can be counted")
    return name or "", specs.get(name or "", FieldSpec("json"))


# -- steps ---------------------------------------------------------------------------------------------------


async def estimate(run: Run[Generate, World]) -> None:
    """What is right is estimated."""
    await estimating.estimate(run, run.params.of)


async def choose(run: Run[Generate, World]) -> dict[str, Any]:
    """The tasks of which control tasks are made are on disk."""
    params = run.params
    found = await estimating.found(run, params.of)
    general = await _general(run, [it.task_id for it in found])
    considered = [it for it in found if it.task_id in general]
    sure = sorted(
        (it for it in considered if _is_sure(it, params)), key=lambda it: (-it.confidence, it.task_id)
    )
    chosen = balanced([(str(it.values), it) for it in sure], params.max_count or usual_count(len(general)))
    await guarded(run, lambda tx: solutions.strike(tx, run.operation.id))
    for start in range(0, len(chosen), CHUNK):
        await keep_some(run, params.of.pool_id, chosen[start : start + CHUNK])
        run.progress((start + CHUNK) / len(chosen))
    return {"considered": len(considered), "sure": len(sure), "chosen": len(chosen)}


def _is_sure(it: Found, params: Generate) -> bool:
    return it.answers >= params.min_answers and it.confidence >= params.min_confidence


async def _general(run: Run[Generate, World], ids: list[int]) -> set[int]:
    """Those of them of which nobody knew the answer."""
    general: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        page = await _some(run, ids[start : start + CHUNK])
        general |= {id for id, it in page.items() if it.kind is Kind.GENERAL}
        await run.world.clock.sleep(0)
    return general


async def _some(run: Run[Generate, World], ids: list[int]) -> dict[int, Task]:
    return await run.world.database.read(lambda tx: tasks.some(tx, ids))


async def make(run: Run[Generate, World]) -> None:
    """There is a control task of each, out of sight."""
    made, chosen, params = 0, run.notes["chosen"], run.params
    if not chosen:
        raise Failure(
            "not-enough-answers",
            f"no task has at least {params.min_answers} accepted answers and a confidence of at least"
            f" {params.min_confidence:g}",
        )
    while count := await guarded(run, lambda tx: _make_some(run, tx)):
        made += count
        run.progress(made / chosen)


async def _make_some(run: Run[Generate, World], tx: Tx) -> int:
    rows = await solutions.page(tx, run.operation.id, Search(count=CHUNK))
    if not rows:
        return 0
    known = await tasks.some(tx, [it.task_id for it in rows])
    await tasks.insert(tx, [_copy(run, known[it.task_id], it) for it in rows], live=False)
    await solutions.strike(tx, run.operation.id, rows[-1].task_id)
    return len(rows)


def _copy(run: Run[Generate, World], of: Task, it: Solution) -> Task:
    content = copied(of.id, of.content, it.values)
    return Task(
        id=run.world.ids.next(),
        pool_id=of.pool_id,
        suite_id=None,
        kind=Kind.CONTROL,
        overlap=None,
        issued=0,
        body=msgspec.json.encode(content).decode(),
        created_at=run.world.clock.now(),
        batch=run.operation.id,
    )


async def unmake(run: Run[Generate, World]) -> None:
    """None of them will ever be there."""
    await guarded(run, lambda tx: tasks.forget(tx, run.operation.id))


# -- ends ----------------------------------------------------------------------------------------------------


async def record(run: Run[Generate, World], tx: Tx) -> None:
    """They are there, and in this project no more are made so. Conflict where another operation was quicker."""
    it, of = run.operation, run.params.of
    if not await labelling_projects.set_known(tx, of.project_id, it.id):
        raise Conflict(DONE)
    await tasks.reveal(tx, it.id)
    await solutions.settle(tx, it.id)
    counts = {of.pool_id: run.notes["chosen"]}
    await uploaded(run.world, tx, TASK, counts, by=Actor(account_id=it.account_id), operation=it.id)
    await pool_operations.tell(tx, it.id, _told(run, made=run.notes["chosen"]))


async def record_failure(run: Run[Generate, World], tx: Tx, detail: Detail) -> None:
    """None of them is there."""
    await forget_all(run, tx, detail)
    await pool_operations.tell(tx, run.operation.id, _told(run, made=0))


def _told(run: Run[Generate, World], *, made: int) -> dict[str, Any]:
    """Of all tasks that had answers: how many were sure, and how many have become control tasks."""
    total, sure = run.notes.get("considered", 0), run.notes.get("sure", 0)
    counts = Counts(
        total_count=total,
        valid_count=sure,
        not_valid_count=total - sure,
        success_count=made,
        failed_count=total - made,
    )
    return msgspec.structs.asdict(counts)


GENERATE: OperationType[Generate, World] = OperationType(
    name="known_solutions.generate",
    params=Generate,
    target=lambda params: f"pool:{params.of.pool_id}",
    steps=(
        Step(title="estimate what is right", do=estimate, weight=3, seconds_max=SECONDS_MAX),
        Step(title="choose the tasks", do=choose, undo=forget, seconds_max=SECONDS_MAX),
        Step(title="make control tasks of them", do=make, undo=unmake, seconds_max=SECONDS_MAX),
    ),
    record=record,
    record_failure=record_failure,
    summary=lambda params: f"make control tasks of the answers of a pool ({show(params.of.pool_id)})",
)
