"""Accept or reject an answer; a rejected one may be accepted after all."""

from typing import Any

import msgspec

from headway.domain.assignments.issue import moved
from headway.domain.assignments.widen import widen
from headway.domain.world import World
from headway.model.assignments import NEXT, Assignment, AssignmentStatus
from headway.model.fields import Errors, Reader, Unfit, refuse_any
from headway.model.operations import Actor
from headway.model.pools import PoolStatus
from headway.store import assignments, pools
from headway.store.database import Tx

COMMENT_LENGTH_MAX = 2048
VERDICTS = (AssignmentStatus.ACCEPTED, AssignmentStatus.REJECTED)


async def review(world: World, assignment_id: int, given: dict[str, Any], by: Actor) -> Assignment:
    """The assignment with the verdict that was given: its status and a comment.

    NotFound; WrongFields; Unfit where it has no answer to be judged so, or its pool is archived.
    """
    verdict, comment = _read(given)

    async def body(tx: Tx) -> Assignment:
        it = await assignments.get(tx, by.account_id, assignment_id)
        pool = await pools.get(tx, by.account_id, it.pool_id)
        if pool.status is PoolStatus.ARCHIVED:
            raise Unfit("pool-inappropriate-status", "the pool is archived")
        if it.status is AssignmentStatus.ACTIVE or verdict not in NEXT[it.status]:
            raise Unfit(
                "inappropriate-status",
                f"an assignment that is {it.status.name.lower()} cannot become {verdict.name.lower()}",
                appropriate_statuses=[
                    status.name for status, after in NEXT.items() if verdict in after and status
                ],
            )
        judged = await moved(world, tx, it, _judged(it, verdict, comment, world.clock.now()), by)
        await widen(world, tx, pool, judged, by)
        return judged

    return await world.database.write(body)


def _read(given: dict[str, Any]) -> tuple[AssignmentStatus, str]:
    errors: Errors = {}
    reader = Reader(given, errors)
    status = reader.text("status", required=True, among=[it.name for it in VERDICTS])
    comment = reader.text("public_comment", longest=COMMENT_LENGTH_MAX)
    refuse_any(errors)
    assert status is not None
    return AssignmentStatus[status], comment or ""


def _judged(it: Assignment, verdict: AssignmentStatus, comment: str, now: int) -> Assignment:
    return msgspec.structs.replace(
        it,
        status=verdict,
        public_comment=comment,
        accepted_at=now if verdict is AssignmentStatus.ACCEPTED else None,
        rejected_at=now if verdict is AssignmentStatus.REJECTED else it.rejected_at,
        due_at=None,
    )


async def accept_unreviewed(world: World, tx: Tx, it: Assignment, by: Actor) -> None:
    """Nobody has looked at it for so long that it counts as good."""
    judged = await moved(world, tx, it, _judged(it, AssignmentStatus.ACCEPTED, "", world.clock.now()), by)
    await widen(world, tx, await pools.get(tx, it.owner_id, it.pool_id), judged, by)
