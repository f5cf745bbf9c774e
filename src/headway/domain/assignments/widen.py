"""Ask one more person where those who were asked are not sure enough: dynamic overlap.

It is looked at when the last of those who have a task was accepted or rejected: before that nobody can say.
"""

from headway.domain.world import World
from headway.ids import parse
from headway.model.assignments import Assignment, AssignmentStatus
from headway.model.operations import Actor, NewEvent
from headway.model.pools import DynamicOverlap, Pool
from headway.model.specs import spec_of
from headway.model.tasks import Kind, Task
from headway.model.weighing import Labels, known_before, numbered, skill_of, weighed
from headway.store import assignments, skills, task_suites, tasks
from headway.store.assignments import About
from headway.store.database import Tx

IN_HAND = {AssignmentStatus.ACTIVE, AssignmentStatus.SUBMITTED}


async def widen(world: World, tx: Tx, pool: Pool, judged: Assignment, by: Actor) -> None:
    """Each task of an answer that was just judged is given to one more person, where that is called for."""
    config = pool.terms.dynamic_overlap_config
    if config is None or pool.terms.mixer_config is None:
        return
    suite = (await task_suites.some(tx, [judged.suite_id]))[judged.suite_id]
    known = await tasks.some(tx, suite.task_ids)
    full = [it for it in known.values() if _is_full(it, config)]
    if full:
        unsure = await _unsure(tx, pool, config, full)
        await _widen(world, tx, pool, unsure, by)


def _is_full(it: Task, config: DynamicOverlap) -> bool:
    """Whether everybody who was to be asked was, and one more may be."""
    return it.kind is Kind.GENERAL and it.remaining == 0 and (it.overlap or 0) < config.max_overlap


async def _unsure(tx: Tx, pool: Pool, config: DynamicOverlap, full: list[Task]) -> list[Task]:
    fields = labels_of(pool, config.names)
    if not fields:
        return []
    about = await assignments.about(tx, [it.id for it in full])
    skill_id = parse(config.answer_weight_skill_id) or 0
    people = {one.user_id for one in about}
    known = await skills.values_of(tx, skill_id, people)
    return [
        it
        for it in full
        if not any(one.task_id == it.id and one.status in IN_HAND for one in about)
        and confidence(it, [one for one in about if one.task_id == it.id], fields, known)
        < config.min_confidence
    ]


def labels_of(pool: Pool, names: list[str]) -> Labels:
    """Of those fields of answers whose values can be counted, the values."""
    specs = spec_of(pool.spec).output_spec
    return {name: specs[name].labels or [] for name in names if name in specs and specs[name].labels}


def confidence(it: Task, about: list[About], fields: Labels, known: dict[str, float]) -> float:
    """How sure the accepted answers make what the task comes to."""
    said = [
        (numbered(one.values, fields), skill_of(known, one.user_id))
        for one in about
        if one.status is AssignmentStatus.ACCEPTED
    ]
    return weighed([*said, *known_before(it.content, fields)], fields)[1]


async def _widen(world: World, tx: Tx, pool: Pool, unsure: list[Task], by: Actor) -> None:
    now = world.clock.now()
    await tasks.widen(tx, [it.id for it in unsure])
    for it in unsure:
        tx.append(
            NewEvent(at=now, name="task.changed", target=f"pool:{pool.id}", by=by, data={"changed": it.id})
        )
