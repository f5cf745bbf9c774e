"""What the dialect's own tests do not show: types that are no longer known, and lists at their ends."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from headway.domain.world import World
from headway.engine.declare import OperationType, Step
from headway.engine.feed import Feed
from headway.errors import NotFound
from headway.model.accounts import Account
from headway.model.operations import Actor, Operation, Phase, Search
from headway.store import operations
from headway.views.stories import Stories
from tests.records import an_operation


class Nothing(msgspec.Struct, frozen=True):
    """Nothing is asked."""


async def nothing(_run: Any) -> None:
    """Nothing is done."""


REST: OperationType[Nothing, World] = OperationType(
    name="house.rest",
    params=Nothing,
    target=lambda _: "house:1",
    exclusive=False,
    steps=(Step(title="rest", do=nothing),),
)


@pytest.fixture
async def feed(world: World) -> AsyncIterator[Feed]:
    feed = Feed(world.database)
    yield feed
    feed.close()


async def submit(world: World, by: Actor) -> int:
    operation = await world.database.write(lambda tx: world.desk.submit(tx, REST, Nothing(), by=by))
    return operation.id


def running(world: World, by: Actor) -> Operation:
    """An operation that nobody performs, to be accepted."""
    return an_operation(
        id=world.ids.next(), account_id=by.account_id, phase=Phase.RUNNING, owner=1, fence=1, target="house:1"
    )


async def test_a_type_without_a_summary_is_told_by_its_name(world: World, feed: Feed, by: Actor) -> None:
    stories = Stories(world.database, feed, world.clock, {REST.name: REST})
    story = await stories.get(by.account_id, await submit(world, by))
    assert (story.summary, [step.title for step in story.steps]) == ("house.rest of house:1", ["rest"])


async def test_a_type_that_is_no_longer_known_is_told_without_steps(
    world: World, feed: Feed, by: Actor
) -> None:
    stories = Stories(world.database, feed, world.clock, {})
    story = await stories.get(by.account_id, await submit(world, by))
    assert (story.steps, [event.name for event in story.events]) == ([], ["operation.queued"])


async def test_a_page_that_is_exactly_full_has_no_next(world: World, feed: Feed, by: Actor) -> None:
    stories = Stories(world.database, feed, world.clock, {})
    made = [await submit(world, by), await submit(world, by)]
    page, next, _ = await stories.search(by.account_id, Search(), 2)
    assert ([story.operation.id for story in page], next) == (made[::-1], None)


async def test_what_somebody_else_began_is_not_there(
    world: World, feed: Feed, by: Actor, other: Account
) -> None:
    stories, id = Stories(world.database, feed, world.clock, {}), await submit(world, by)
    with pytest.raises(NotFound):
        await stories.get(other.id, id)
    with pytest.raises(NotFound):
        await stories.log(other.id, id, 0)


async def test_where_the_feed_rests_nobody_is_held_back(world: World, by: Actor) -> None:
    feed = Feed(world.database)
    stories = Stories(world.database, feed, world.clock, {})
    it = an_operation(id=world.ids.next(), account_id=by.account_id, target="house:1")
    assert await world.database.journal(operations.accepted(it, by))
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(feed.serve(ready, stop))
        seq = (await stories.get(by.account_id, it.id)).seq
        waiting = group.create_task(stories.changed(by.account_id, it.id, seq, seconds=1000))
        topic = feed.join(it.id)
        while not topic.waiting:
            await asyncio.sleep(0)
        stop.set()
        assert (await waiting).seq == seq
        assert (await stories.changed(by.account_id, it.id, seq, seconds=1000)).seq == seq
    feed.leave(topic)
    feed.close()


async def test_the_end_is_told_even_before_its_news_has_come(world: World, by: Actor) -> None:
    feed = Feed(world.database)
    stories = Stories(world.database, feed, world.clock, {})
    it = running(world, by)
    assert await world.database.journal(operations.accepted(it, by))
    early = await stories.follower(by.account_id, it.id, 0)
    early.begin(lambda: None)
    begun = await early.read()
    assert (await early.read(), early.ended) == ([], False)
    feed.close()  # What is committed from now on is on disk, and nobody has heard of it.
    assert await world.database.journal(operations.finished(it, world.clock.now(), Phase.SUCCEEDED, None))
    late = await stories.follower(by.account_id, it.id, begun[-1].seq)
    late.begin(lambda: None)
    assert ([event.name for event in await late.read()], late.ended) == (["operation.succeeded"], True)
    for follower in (early, late):
        follower.end()


async def test_a_wait_begins_with_what_is_on_disk_even_before_its_news_has_come(
    world: World, by: Actor
) -> None:
    feed = Feed(world.database)
    stories = Stories(world.database, feed, world.clock, {})
    it = running(world, by)
    assert await world.database.journal(operations.accepted(it, by))
    waiting = feed.join(it.id)
    for _ in range(2):
        told = await stories.changed(by.account_id, it.id, 1 << 40, seconds=0.001)
        assert told.operation.phase is Phase.RUNNING
    feed.close()  # What is committed from now on is on disk, and nobody has heard of it.
    assert await world.database.journal(operations.finished(it, world.clock.now(), Phase.SUCCEEDED, None))
    told = await stories.changed(by.account_id, it.id, 1 << 40, seconds=0)
    assert told.operation.phase is Phase.SUCCEEDED
    feed.leave(waiting)
