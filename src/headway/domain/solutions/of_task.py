"""What the answers to one task come to, weighed by skill, at once."""

from typing import Any

import msgspec

from headway.domain.solutions.aggregate import wanted
from headway.domain.solutions.estimate import Algorithm
from headway.domain.world import World
from headway.errors import Conflict, NotFound
from headway.ids import parse
from headway.model.assignments import AssignmentStatus
from headway.model.fields import Errors, Reader, WrongFields, refuse_any
from headway.model.operations import Actor
from headway.model.solutions import Solution
from headway.model.tasks import Task
from headway.model.weighing import known_before, numbered, skill_of, weighed
from headway.store import assignments, skills, tasks
from headway.store.database import Tx


async def of_task(world: World, given: dict[str, Any], by: Actor) -> Solution:
    """The same as an aggregation of its pool finds. WrongFields; Unfit; Conflict while nobody's answer is accepted."""

    async def body(tx: Tx) -> Solution:
        errors: Errors = {}
        shown = Reader(given, errors).text("task_id", required=True)
        try:
            asked = await wanted(tx, given, by, among=(Algorithm.WEIGHTED,))
        except WrongFields as wrong:
            raise WrongFields(errors | wrong.errors) from wrong
        refuse_any(errors)
        task = await _task(tx, by, parse(shown or "") or 0, asked.pool_id)
        about = await assignments.about(tx, [task.id])
        accepted = [it for it in about if it.status is AssignmentStatus.ACCEPTED]
        known = await skills.values_of(tx, asked.skill_id, {it.user_id for it in accepted})
        said = [(numbered(it.values, asked.fields), skill_of(known, it.user_id)) for it in accepted]
        values, sure = weighed([*said, *known_before(task.content, asked.fields)], asked.fields)
        if not accepted or not values:
            raise Conflict("nobody's answer to this task has been accepted")
        return Solution(task.id, task.pool_id, sure, msgspec.json.encode(values).decode())

    return await world.database.read(body)


async def _task(tx: Tx, by: Actor, id: int, pool_id: int) -> Task:
    errors: Errors = {}
    try:
        task = await tasks.get(tx, by.account_id, id)
    except NotFound:
        task = None
    if task is None or task.pool_id != pool_id:
        Reader({}, errors).wrong("task_id", "entity-does-not-exist", "There is no such task in the pool")
        raise WrongFields(errors)
    return task
