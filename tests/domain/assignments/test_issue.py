"""Work is given out: to as many as it says, to nobody twice, in its turn."""

import asyncio
from collections import Counter

import pytest

from headway.domain.assignments.issue import issue
from headway.domain.assignments.submit import skip, submit
from headway.domain.batches.create import create as create_now
from headway.domain.batches.making import SUITE, TASK
from headway.domain.world import World
from headway.errors import Invalid, NotFound
from headway.model.accounts import Account
from headway.model.assignments import AssignmentStatus, Where
from headway.model.batches import Options
from headway.model.fields import Unfit
from headway.model.listing import Search
from headway.model.operations import Actor
from headway.model.pools import Pool
from headway.store import assignments, task_suites
from tests.labelling import MIXER, a_pool, answers, opened, suite_body, task_body, with_suites, with_tasks
from tests.ready_made import HandClock

KNOWN = [{"output_values": {"result": "cat"}}]


async def works(world: World, by: Actor, pool: Pool, user: str, size: int = 1) -> list[int]:
    """Somebody works until there is nothing more for them; the suites that they had."""
    had: list[int] = []
    while (it := await issue(world, pool.id, user, by)) is not None:
        suite = (await world.database.read(lambda tx, it=it: task_suites.some(tx, [it.suite_id])))[
            it.suite_id
        ]
        await submit(world, it.id, answers(len(suite.task_ids)), by)
        had.append(it.suite_id)
    return had


async def test_who_asks_again_has_the_same_in_hand(world: World, by: Actor, pool: Pool) -> None:
    first = await issue(world, pool.id, "ann", by)
    assert first is not None
    assert await issue(world, pool.id, "ann", by) == first


async def test_who_asks_again_when_theirs_is_overdue_is_given_something_else(
    world: World, by: Actor, pool: Pool
) -> None:
    first = await issue(world, pool.id, "ann", by)
    assert first is not None
    assert isinstance(world.clock, HandClock)
    world.clock.ahead += 601
    again = await issue(world, pool.id, "ann", by)
    assert again is not None
    assert again.suite_id != first.suite_id
    now = await world.database.read(lambda tx: assignments.get(tx, by.account_id, first.id))
    assert now.status is AssignmentStatus.EXPIRED
    assert [len(await works(world, by, pool, user)) for user in ("ann", "bob")] == [2, 1]


async def test_each_suite_goes_to_as_many_as_it_says(world: World, by: Actor, pool: Pool) -> None:
    assert [len(await works(world, by, pool, user)) for user in ("ann", "bob")] == [3, 0]


async def test_twenty_at_once_have_each_suite_exactly_as_often_as_it_says(world: World, by: Actor) -> None:
    pool = await a_pool(world, by)
    suites = await with_suites(world, by, pool, 20, overlap=3, size=2)
    pool = await opened(world, by, pool)
    had = await asyncio.gather(*(works(world, by, pool, f"user-{n}") for n in range(20)))
    assert Counter(id for one in had for id in one) == dict.fromkeys(suites, 3)
    assert all(len(set(one)) == len(one) for one in had)
    kept = await world.database.read(
        lambda tx: assignments.page(tx, by.account_id, Where(pool_id=pool.id), Search(count=100))
    )
    assert len(kept) == 60
    assert all(it.solutions is not None for it in kept)


async def test_twenty_at_once_have_mixed_tasks_exactly_as_often_as_they_say(world: World, by: Actor) -> None:
    pool = await a_pool(world, by, mixer_config=MIXER)
    general = await with_tasks(world, by, pool, 15, overlap=2)
    await with_tasks(world, by, pool, 20, overlap=None, infinite_overlap=True, known_solutions=KNOWN)
    pool = await opened(world, by, pool)
    had = await asyncio.gather(*(works(world, by, pool, f"user-{n}") for n in range(20)))
    suites = await world.database.read(lambda tx: task_suites.some(tx, [id for one in had for id in one]))
    seen = [[task for id in one for task in suites[id].task_ids] for one in had]
    assert all(len(set(one)) == len(one) for one in seen), "somebody has seen a task twice"
    times = Counter(task for one in seen for task in one)
    assert {id: times[id] for id in general} == dict.fromkeys(general, 2)


async def test_what_is_given_back_goes_to_somebody_else(world: World, by: Actor) -> None:
    pool = await a_pool(world, by)
    (suite,) = await with_suites(world, by, pool)
    pool = await opened(world, by, pool)
    first = await issue(world, pool.id, "ann", by)
    assert first is not None
    assert await issue(world, pool.id, "bob", by) is None
    await skip(world, first.id, by)
    assert await issue(world, pool.id, "ann", by) is None
    second = await issue(world, pool.id, "bob", by)
    assert second is not None
    assert second.suite_id == suite


async def test_higher_ones_have_their_turn_first(world: World, by: Actor, pool: Pool) -> None:
    (last,) = await with_suites(world, by, pool, 1, issuing_order_override=1)
    it = await issue(world, pool.id, "ann", by)
    assert it is not None
    assert it.suite_id == last


async def test_some_is_kept_for_some(world: World, by: Actor) -> None:
    pool = await a_pool(world, by)
    given = [suite_body(pool, 1, reserved_for=["ann"]), suite_body(pool, 2, unavailable_for=["ann"])]
    await create_now(world, SUITE, given, Options(), by)
    pool = await opened(world, by, pool)
    assert [len(await works(world, by, pool, user)) for user in ("cid", "ann")] == [1, 1]


async def test_what_is_kept_for_others_hides_nothing_that_comes_behind_it(
    world: World, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("headway.domain.assignments.issue.LOOKED_AT_MAX", 3)
    pool = await a_pool(world, by, mixer_config=MIXER | {"golden_tasks_count": 0})
    await with_tasks(world, by, pool, 7, reserved_for=["ann"])
    last = await with_tasks(world, by, pool, 2)
    pool = await opened(world, by, pool)
    it = await issue(world, pool.id, "bob", by)
    assert it is not None
    suite = (await world.database.read(lambda tx: task_suites.some(tx, [it.suite_id])))[it.suite_id]
    assert set(suite.task_ids) == set(last)


async def test_without_enough_control_tasks_nothing_is_mixed(world: World, by: Actor) -> None:
    pool = await a_pool(world, by, mixer_config=MIXER)
    await with_tasks(world, by, pool, 4)
    pool = await opened(world, by, pool)
    assert await issue(world, pool.id, "ann", by) is None


@pytest.mark.parametrize(("force", "suites"), [(True, 2), (False, 1)])
async def test_the_last_tasks_make_a_short_suite_where_that_is_wanted(
    world: World, by: Actor, force: bool, suites: int
) -> None:
    mixer = MIXER | {"golden_tasks_count": 0, "force_last_assignment": force}
    pool = await a_pool(world, by, mixer_config=mixer)
    await create_now(world, TASK, [task_body(pool, n) for n in range(3)], Options(), by)
    pool = await opened(world, by, pool)
    assert len(await works(world, by, pool, "ann")) == suites


async def test_a_closed_pool_gives_out_nothing(world: World, by: Actor) -> None:
    pool = await a_pool(world, by)
    await with_suites(world, by, pool)
    with pytest.raises(Unfit):
        await issue(world, pool.id, "ann", by)


@pytest.mark.parametrize("user", ["", "x" * 101, "a\0b"])
async def test_somebody_has_a_name(world: World, by: Actor, pool: Pool, user: str) -> None:
    with pytest.raises(Invalid):
        await issue(world, pool.id, user, by)


async def test_nobody_gives_out_work_of_others(world: World, by: Actor, pool: Pool, other: Account) -> None:
    with pytest.raises(NotFound):
        await issue(world, pool.id, "ann", Actor(account_id=other.id))
