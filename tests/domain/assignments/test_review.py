"""Answers are accepted or rejected."""

from typing import Any

import pytest

from headway.domain.assignments.issue import issue
from headway.domain.assignments.review import accept_unreviewed, review
from headway.domain.assignments.submit import submit
from headway.domain.world import World
from headway.model.assignments import Assignment, AssignmentStatus
from headway.model.fields import Unfit, WrongFields
from headway.model.operations import Actor
from headway.model.pools import CloseReason
from headway.store import pools
from headway.store.database import Tx
from tests.labelling import a_pool, answers, opened, with_suites


@pytest.fixture
async def submitted(world: World, by: Actor) -> Assignment:
    """An answer that somebody is to look at."""
    pool = await a_pool(world, by, auto_accept_solutions=False)
    await with_suites(world, by, pool)
    pool = await opened(world, by, pool)
    it = await issue(world, pool.id, "ann", by)
    assert it is not None
    return await submit(world, it.id, answers(), by)


async def judge(world: World, it: Assignment, by: Actor, status: Any, comment: str = "") -> Assignment:
    return await review(world, it.id, {"status": status, "public_comment": comment}, by)


async def test_what_was_rejected_may_be_accepted_after_all(
    world: World, by: Actor, submitted: Assignment
) -> None:
    rejected = await judge(world, submitted, by, "REJECTED", "no cat")
    assert (rejected.status, rejected.public_comment) == (AssignmentStatus.REJECTED, "no cat")
    assert rejected.due_at is None
    accepted = await judge(world, submitted, by, "ACCEPTED")
    assert accepted.accepted_at is not None


async def test_what_was_accepted_stays_so(world: World, by: Actor, submitted: Assignment) -> None:
    await judge(world, submitted, by, "ACCEPTED")
    with pytest.raises(Unfit) as refused:
        await judge(world, submitted, by, "REJECTED")
    assert refused.value.facts == {"appropriate_statuses": ["SUBMITTED"]}


@pytest.mark.parametrize("status", ["ACTIVE", "SUBMITTED", "X", None])
async def test_there_are_two_verdicts(world: World, by: Actor, submitted: Assignment, status: Any) -> None:
    with pytest.raises(WrongFields):
        await judge(world, submitted, by, status)


async def test_a_comment_has_an_end(world: World, by: Actor, submitted: Assignment) -> None:
    with pytest.raises(WrongFields):
        await judge(world, submitted, by, "ACCEPTED", "x" * 2049)


async def test_in_an_archived_pool_nothing_is_judged(world: World, by: Actor, submitted: Assignment) -> None:
    async def archive(tx: Tx) -> None:
        await pools.close(tx, submitted.pool_id, CloseReason.MANUAL, 1)
        await pools.archive(tx, submitted.pool_id, 1)

    await world.database.write(archive)
    with pytest.raises(Unfit):
        await judge(world, submitted, by, "ACCEPTED")


async def test_what_nobody_looked_at_counts_as_good(world: World, by: Actor, submitted: Assignment) -> None:
    await world.database.write(lambda tx: accept_unreviewed(world, tx, submitted, by))
    with pytest.raises(Unfit):
        await judge(world, submitted, by, "REJECTED")
