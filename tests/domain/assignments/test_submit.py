"""Answers come in, or work is given back."""

import pytest

from headway.domain.assignments.issue import issue
from headway.domain.assignments.submit import skip, submit
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.assignments import Assignment, AssignmentStatus
from headway.model.fields import Unfit, WrongFields
from headway.model.operations import Actor
from headway.model.pools import Pool
from headway.store import assignments
from tests.labelling import a_pool, answers, opened, with_suites
from tests.ready_made import HandClock


async def given(world: World, by: Actor, pool: Pool, user: str = "ann") -> Assignment:
    it = await issue(world, pool.id, user, by)
    assert it is not None
    return it


async def test_an_answer_is_accepted_as_it_comes(world: World, by: Actor, pool: Pool) -> None:
    it = await submit(world, (await given(world, by, pool)).id, answers(), by)
    assert (it.status, it.answers) == (AssignmentStatus.ACCEPTED, [{"result": "cat"}])
    assert it.submitted_at == it.accepted_at is not None
    assert await world.database.read(lambda tx: assignments.get(tx, by.account_id, it.id)) == it


async def test_where_somebody_looks_at_answers_it_waits_for_that(world: World, by: Actor) -> None:
    pool = await a_pool(world, by, auto_accept_solutions=False, auto_accept_period_day=1)
    await with_suites(world, by, pool)
    pool = await opened(world, by, pool)
    it = await submit(world, (await given(world, by, pool)).id, answers(), by)
    assert (it.status, it.accepted_at) == (AssignmentStatus.SUBMITTED, None)
    assert it.due_at is not None


async def test_a_wrong_answer_is_refused_and_may_be_given_again(world: World, by: Actor, pool: Pool) -> None:
    it = await given(world, by, pool)
    with pytest.raises(WrongFields):
        await submit(world, it.id, answers(result="cow"), by)
    with pytest.raises(WrongFields):
        await submit(world, it.id, None, by)
    assert (await submit(world, it.id, answers(), by)).status is AssignmentStatus.ACCEPTED


async def test_an_answer_is_given_once(world: World, by: Actor, pool: Pool) -> None:
    it = await given(world, by, pool)
    await submit(world, it.id, answers(), by)
    with pytest.raises(Unfit):
        await submit(world, it.id, answers(result="dog"), by)
    with pytest.raises(Unfit):
        await skip(world, it.id, by)


async def test_the_same_answers_sent_again_change_nothing(world: World, by: Actor) -> None:
    pool = await a_pool(world, by, auto_accept_solutions=False)
    await with_suites(world, by, pool)
    pool = await opened(world, by, pool)
    it = await given(world, by, pool)
    first = await submit(world, it.id, answers(), by, user_id="ann")
    assert await submit(world, it.id, answers(), by, user_id="ann") == first
    for other in (answers(result="dog"), answers(2), [1], "x", None, {}):
        with pytest.raises(Unfit):
            await submit(world, it.id, other, by)
    with pytest.raises(NotFound):
        await submit(world, it.id, answers(), by, user_id="bob")


async def test_after_its_time_nothing_is_taken(world: World, by: Actor, pool: Pool) -> None:
    it = await given(world, by, pool)
    assert isinstance(world.clock, HandClock)
    world.clock.ahead += 601
    with pytest.raises(Unfit):
        await submit(world, it.id, answers(), by)


async def test_nobody_answers_for_somebody_else(world: World, by: Actor, pool: Pool) -> None:
    it = await given(world, by, pool)
    with pytest.raises(NotFound):
        await submit(world, it.id, answers(), by, user_id="bob")
    assert (await skip(world, it.id, by, user_id="ann")).status is AssignmentStatus.SKIPPED
