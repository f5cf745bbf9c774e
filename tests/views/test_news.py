import asyncio
from collections.abc import AsyncIterator

import pytest

from headway.domain.apps.create import create
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.model.accounts import Account
from headway.model.operations import Actor, Event, NewEvent
from headway.views.news import Bounds, Follower, News
from headway.views.stories import Stories


@pytest.fixture
async def news(world: World) -> AsyncIterator[News]:
    feed = Feed(world.database)
    yield News(Stories(world.database, feed, world.clock, {}))
    feed.close()


async def say(world: World, name: str, target: str, by: Actor = Actor()) -> None:  # noqa: B008 - a record
    event = NewEvent(at=1, name=name, target=target, by=by)

    async def body(tx: object) -> None:
        tx.append(event)  # type: ignore[attr-defined]

    await world.database.write(body)


async def read_all(follower: Follower) -> list[Event]:
    """All that is there."""
    follower.begin(lambda: None)
    found: list[Event] = []
    while page := await follower.read():
        found += page
    follower.end()
    assert follower.ended
    return found


async def test_only_what_may_be_seen_is_told(world: World, news: News, by: Actor, other: Account) -> None:
    app = await create(world, "hello-world", by)
    after = (await news.bounds()).last
    theirs = Actor(account_id=other.id)
    await say(world, "app.scaled", f"app:{app.id}", theirs)
    await say(world, "app.scaled", "app:1", theirs)
    await say(world, "token.created", f"account:{by.account_id}")
    told = await read_all(news.follower(by.account_id, after, stays=False))
    assert [(it.name, it.seq) for it in told] == [("app.scaled", after + 1), ("token.created", after + 3)]
    told = await read_all(news.follower(other.id, after, stays=False))
    assert [it.seq for it in told] == [after + 1, after + 2]


async def test_who_follows_is_woken_by_what_comes(world: World, news: News, by: Actor) -> None:
    woken, follower = asyncio.Event(), news.follower(by.account_id, (await news.bounds()).last)
    follower.begin(woken.set)
    assert await follower.read() == []
    await say(world, "token.created", f"account:{by.account_id}")
    async with asyncio.timeout(20):
        await woken.wait()
    assert [it.name for it in await follower.read()] == ["token.created"]
    assert not follower.ended
    follower.end()


def test_points_that_are_not_kept_or_were_never_told_are_out_of_reach() -> None:
    kept = Bounds(10, 20)
    assert [n for n in range(25) if kept.reach(n)] == list(range(9, 21))
    assert Bounds(0, 0).reach(0)


async def test_a_snapshot_says_behind_what_to_go_on(world: World, news: News, by: Actor) -> None:
    await create(world, "hello-world", by)
    seq, active = await news.snapshot(by.account_id)
    assert (seq, active) == ((await news.bounds()).last, [])


async def test_an_app_that_came_a_moment_ago_is_seen_at_once(world: World, by: Actor, other: Account) -> None:
    feed = Feed(world.database)
    news = News(Stories(world.database, feed, world.clock, {}))
    follower = news.follower(by.account_id, (await news.bounds()).last)
    follower.begin(lambda: None)
    await say(world, "token.created", f"account:{by.account_id}")
    assert len(await follower.read()) == 1
    feed.close()  # What is committed from now on is on disk, and nobody has heard of it.
    app = await create(world, "hello-world", by)
    await say(world, "app.scaled", f"app:{app.id}", Actor(account_id=other.id))
    told = [event.name for event in await follower.read()]
    assert (told[0], told[-1]) == ("app.created", "app.scaled")
    follower.end()
