"""What happens in pools by itself, when its time has come: the clock is moved by hand."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator

import pytest

from headway.clock import SECOND
from headway.domain.assignments.issue import issue
from headway.domain.assignments.submit import submit
from headway.domain.pools import keep
from headway.domain.pools.close import close
from headway.domain.pools.keep import PoolKeeper
from headway.domain.pools.open import open as open_pool
from headway.domain.world import World
from headway.model.assignments import AssignmentStatus
from headway.model.pools import CloseReason, Pool, PoolStatus
from headway.store import assignments, operations, pools
from headway.store.database import Tx
from headway.testing.pool_examples import POOL_EXAMPLES, example_pool
from tests.labelling import a_pool, answers, opened, pool_now, with_suites
from tests.outside import Outside
from tests.ready_made import HandClock


@pytest.fixture
async def at_work(outside: Outside) -> AsyncIterator[World]:
    """A platform that performs operations."""
    async with outside.at_work() as world:
        yield world


async def looked(outside: Outside, world: World, pool: Pool, *, after: int = 0) -> Pool:
    """The pool, when somebody has looked so many seconds from now, and what that began has ended."""
    before = {it.id for it in await outside.database.read(operations.newest)}
    clock = HandClock()
    clock.ahead = after
    await PoolKeeper(dataclasses.replace(world, clock=clock)).look()
    for it in await outside.database.read(operations.newest):
        if it.id not in before:
            await outside.end_of(it)
    return await pool_now(world.database, pool)


async def test_a_pool_that_expires_is_closed(outside: Outside, at_work: World) -> None:
    pool = await a_pool(at_work, outside.by)
    await with_suites(at_work, outside.by, pool)
    pool = await opened(at_work, outside.by, pool)
    assert (await looked(outside, at_work, pool)).status is PoolStatus.OPEN
    now = await looked(outside, at_work, pool, after=(pool.expires_at - at_work.clock.now()) // SECOND + 1)
    assert (now.status, now.close_reason) == (PoolStatus.CLOSED, "EXPIRED")


async def test_a_pool_in_which_all_is_answered_is_closed_after_its_delay(
    outside: Outside, at_work: World
) -> None:
    pool = await a_pool(at_work, outside.by, auto_close_after_complete_delay_seconds=60)
    await with_suites(at_work, outside.by, pool)
    pool = await opened(at_work, outside.by, pool)
    it = await issue(at_work, pool.id, "ann", outside.by)
    assert it is not None
    assert (await looked(outside, at_work, pool)).complete_since is None
    await submit(at_work, it.id, answers(), outside.by)
    assert (await looked(outside, at_work, pool)).complete_since is not None
    now = await looked(outside, at_work, pool, after=61)
    assert (now.status, now.close_reason) == (PoolStatus.CLOSED, "COMPLETED")


async def test_a_pool_with_news_is_not_complete_any_more(outside: Outside, at_work: World) -> None:
    pool = await a_pool(at_work, outside.by, auto_close_after_complete_delay_seconds=60)
    pool = await opened(at_work, outside.by, pool)
    assert (await looked(outside, at_work, pool)).complete_since is not None
    await with_suites(at_work, outside.by, pool)
    assert (await pool_now(at_work.database, pool)).complete_since is None


async def test_a_pool_that_was_closed_for_an_update_opens_again(outside: Outside, at_work: World) -> None:
    pool = await a_pool(at_work, outside.by)
    await with_suites(at_work, outside.by, pool)

    async def closed(tx: Tx) -> None:
        now = at_work.clock.now()
        await pools.open(tx, pool.id, now)
        await pools.close(tx, pool.id, CloseReason.FOR_UPDATE, now, now + 900 * SECOND)

    await at_work.database.write(closed)
    assert (await looked(outside, at_work, pool)).status is PoolStatus.CLOSED
    now = await looked(outside, at_work, pool, after=901)
    assert (now.status, now.reopen_at) == (PoolStatus.OPEN, None)


async def test_what_somebody_has_opened_or_closed_meanwhile_is_not_opened_again(
    outside: Outside, at_work: World
) -> None:
    opened_by_hand, closed_by_hand = [await a_pool(at_work, outside.by) for _ in range(2)]
    for pool in (opened_by_hand, closed_by_hand):
        await with_suites(at_work, outside.by, pool)
        await opened(at_work, outside.by, pool)
        known = await close(at_work, pool.id, outside.by, CloseReason.FOR_UPDATE)
        assert known is not None
        await outside.end_of(known.operation)
        assert (await pool_now(at_work.database, pool)).reopen_at is not None
    known = await open_pool(at_work, opened_by_hand.id, outside.by)
    assert known is not None
    await outside.end_of(known.operation)
    assert await close(at_work, closed_by_hand.id, outside.by) is None
    for pool in (opened_by_hand, closed_by_hand):
        assert (await pool_now(at_work.database, pool)).reopen_at is None


async def test_a_training_is_never_complete(outside: Outside, at_work: World) -> None:
    pool = await example_pool(at_work, outside.by, POOL_EXAMPLES["training.close"])
    now = await looked(outside, at_work, pool, after=86_400)
    assert (now.status, now.complete_since) == (PoolStatus.OPEN, None)


async def test_what_is_not_answered_in_time_goes_to_somebody_else(outside: Outside, at_work: World) -> None:
    pool = await a_pool(at_work, outside.by)
    await with_suites(at_work, outside.by, pool)
    pool = await opened(at_work, outside.by, pool)
    late = await issue(at_work, pool.id, "ann", outside.by)
    assert late is not None
    await looked(outside, at_work, pool, after=601)
    now = await at_work.database.read(lambda tx: assignments.get(tx, outside.by.account_id, late.id))
    assert (now.status, now.due_at) == (AssignmentStatus.EXPIRED, None)
    again = await issue(at_work, pool.id, "bob", outside.by)
    assert again is not None
    assert again.suite_id == late.suite_id


async def test_an_answer_that_nobody_looks_at_is_accepted(outside: Outside, at_work: World) -> None:
    pool = await a_pool(at_work, outside.by, auto_accept_solutions=False, auto_accept_period_day=2)
    await with_suites(at_work, outside.by, pool)
    pool = await opened(at_work, outside.by, pool)
    it = await issue(at_work, pool.id, "ann", outside.by)
    assert it is not None
    await submit(at_work, it.id, answers(), outside.by)
    await looked(outside, at_work, pool, after=2 * 86_400 + 1)
    now = await at_work.database.read(lambda tx: assignments.get(tx, outside.by.account_id, it.id))
    assert now.status is AssignmentStatus.ACCEPTED


async def test_an_idle_pool_is_archived_later_when_nothing_was_ever_given_out(
    outside: Outside, at_work: World
) -> None:
    fresh = await a_pool(at_work, outside.by)
    used = await a_pool(at_work, outside.by)

    async def worked(tx: Tx) -> None:
        await pools.open(tx, used.id, at_work.clock.now())
        await pools.close(tx, used.id, CloseReason.MANUAL, at_work.clock.now())

    await at_work.database.write(worked)
    assert (await looked(outside, at_work, used, after=keep.IDLE_SECONDS + 60)).status is PoolStatus.ARCHIVED
    assert (await pool_now(at_work.database, fresh)).status is PoolStatus.CLOSED
    assert (
        await looked(outside, at_work, fresh, after=keep.IDLE_EMPTY_SECONDS)
    ).status is PoolStatus.ARCHIVED


async def test_it_is_ready_at_once_and_stops_when_it_is_told(world: World) -> None:
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(PoolKeeper(world).serve(ready, stop))
        await ready.wait()
        stop.set()
