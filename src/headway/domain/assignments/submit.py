"""Answer an assignment, or give it back."""

from typing import Any

import msgspec

from headway.clock import SECOND
from headway.domain.assignments.issue import moved, refused
from headway.domain.assignments.score import score
from headway.domain.assignments.widen import widen
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.assignments import Assignment, AssignmentStatus, check_solutions
from headway.model.fields import Errors, refuse_any
from headway.model.operations import Actor
from headway.store import assignments, pools, task_suites
from headway.store.database import Tx

DAY_SECONDS = 86_400
ACCEPT_DAYS = 14


async def submit(
    world: World, assignment_id: int, solutions: Any, by: Actor, user_id: str = ""
) -> Assignment:
    """The assignment with its answers, accepted at once where its pool does that.

    The same answers once more change nothing: who sends them may not have heard that they came. NotFound; WrongFields;
    Unfit where it is not active, or too late. With `user_id` it must be that person's.
    """

    async def body(tx: Tx) -> Assignment:
        it = await _theirs(tx, assignment_id, by, user_id)
        if it.solutions is not None and _is_told_again(it, solutions):
            return it
        _check_in_hand(world, it)
        pool = await pools.get(tx, by.account_id, it.pool_id)
        suite = (await task_suites.some(tx, [it.suite_id]))[it.suite_id]
        errors: Errors = {}
        check_solutions(solutions, len(suite.task_ids), pool.spec, errors)
        refuse_any(errors)
        now = world.clock.now()
        at_once = pool.terms.accepts_by_itself
        days = pool.terms.auto_accept_period_day or ACCEPT_DAYS
        answered = msgspec.structs.replace(
            it,
            status=AssignmentStatus.ACCEPTED if at_once else AssignmentStatus.SUBMITTED,
            solutions=_kept(solutions),
            submitted_at=now,
            accepted_at=now if at_once else None,
            due_at=None if at_once else now + days * DAY_SECONDS * SECOND,
        )
        await moved(world, tx, it, answered, by)
        await score(world, tx, pool, suite, answered)
        if at_once:
            await widen(world, tx, pool, answered, by)
        return answered

    return await world.database.write(body)


async def skip(world: World, assignment_id: int, by: Actor, user_id: str = "") -> Assignment:
    """The assignment, given back: somebody else gets it. NotFound; Unfit where it is not active."""

    async def body(tx: Tx) -> Assignment:
        it = await _theirs(tx, assignment_id, by, user_id)
        _check_in_hand(world, it)
        skipped = msgspec.structs.replace(
            it, status=AssignmentStatus.SKIPPED, skipped_at=world.clock.now(), due_at=None
        )
        return await moved(world, tx, it, skipped, by)

    return await world.database.write(body)


async def _theirs(tx: Tx, id: int, by: Actor, user_id: str) -> Assignment:
    it = await assignments.get(tx, by.account_id, id)
    if user_id and it.user_id != user_id:
        raise NotFound("assignment")
    return it


def _check_in_hand(world: World, it: Assignment) -> None:
    """Unfit where it may not be answered any more."""
    if it.status is not AssignmentStatus.ACTIVE or it.is_late(world.clock.now()):
        raise refused(it, AssignmentStatus.ACTIVE)


def _is_told_again(it: Assignment, solutions: Any) -> bool:
    """Whether these are the answers that it has, to the letter."""
    try:
        return _kept(solutions) == it.solutions
    except (KeyError, TypeError):
        return False


def _kept(solutions: list[dict[str, Any]]) -> str:
    return msgspec.json.encode([{"output_values": one["output_values"]} for one in solutions]).decode()
