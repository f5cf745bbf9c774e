import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

import pytest

from headway.domain.webhooks import change
from headway.domain.webhooks.attempt import Went
from headway.domain.webhooks.create import create_webhook
from headway.domain.webhooks.postman import Postman
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.model.operations import ID_MAX, Actor, Event, NewEvent
from headway.model.webhooks import State
from headway.store.database import Tx
from headway.views import webhooks

URL = "https://example.com/in"


class Door:
    """The other side: takes messages, or says what it is told to say."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[str] = asyncio.Queue()
        self.says = Went(204)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Went:
        assert url == URL
        assert headers["webhook-signature"].startswith("v1,")
        says = self.says
        self.came.put_nowait(body.decode())
        return says

    async def next(self) -> str:
        async with asyncio.timeout(30):
            return await self.came.get()


def form(event: Event) -> bytes:
    return f"{event.seq} {event.name}".encode()


@contextlib.asynccontextmanager
async def at_work(world: World, door: Door) -> AsyncIterator[None]:
    feed = Feed(world.database)
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(Postman(world, feed, form, door.post).serve(ready, stop))
        await ready.wait()
        try:
            yield
        finally:
            stop.set()
    feed.close()


@pytest.fixture
def door() -> Door:
    return Door()


async def say(world: World, by: Actor, *names: str) -> None:
    async def body(tx: Tx) -> None:
        for name in names:
            tx.append(NewEvent(at=1, name=name, target="x:1", by=by))

    await world.database.write(body)


async def settled(world: World, by: Actor, id: int, state: State) -> None:
    """Return when its newest delivery is in this state."""
    feed = Feed(world.database)
    topic = feed.join()
    async with asyncio.timeout(30):
        while True:
            version = topic.version
            found, _ = await webhooks.deliveries(world.database, by.account_id, id, before=ID_MAX, count=1)
            if found and found[0].state is state and (found[0].attempts or state is State.WAITING):
                break
            await topic.beyond(version, seconds=1)
    feed.leave(topic)
    feed.close()


async def test_what_it_wants_is_told_in_order_and_the_rest_is_not(
    world: World, by: Actor, door: Door
) -> None:
    it = await create_webhook(world, URL, ["app.*"], by)
    await say(world, by, "app.scaled", "token.created", "app.renamed")
    await say(world, Actor(account_id=99), "app.deleted")
    async with at_work(world, door):
        first = it.reached + 2
        assert await door.next() == f"{first} app.scaled"
        assert await door.next() == f"{first + 2} app.renamed"
        await say(world, by, "app.created")
        assert await door.next() == f"{first + 4} app.created"
        await settled(world, by, it.id, State.DELIVERED)
    assert door.came.empty()


async def test_what_was_not_settled_at_a_death_is_told_again(world: World, by: Actor, door: Door) -> None:
    await create_webhook(world, URL, ["app.scaled"], by)
    await say(world, by, "app.scaled")
    hanging = asyncio.Event()

    class Hanging(Door):
        async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Went:
            hanging.set()
            return await asyncio.get_running_loop().create_future()

    async with at_work(world, Hanging()), asyncio.timeout(30):
        await hanging.wait()
    world.clock.ahead += 100  # type: ignore[attr-defined]
    async with at_work(world, door):
        assert (await door.next()).endswith("app.scaled")


async def test_what_was_not_taken_is_told_again_later(world: World, by: Actor, door: Door) -> None:
    it = await create_webhook(world, URL, ["app.scaled"], by)
    door.says = Went(500, "it answered 500")
    await say(world, by, "app.scaled")
    async with at_work(world, door):
        await door.next()
    await settled(world, by, it.id, State.WAITING)
    (log,), _ = await webhooks.deliveries(world.database, by.account_id, it.id, before=ID_MAX, count=9)
    assert (log.attempts, log.state) == (1, State.WAITING)
    world.clock.ahead += 100  # type: ignore[attr-defined]
    door.says = Went(200)
    async with at_work(world, door):
        await door.next()
        await settled(world, by, it.id, State.DELIVERED)
    assert (await webhooks.get(world.database, by.account_id, it.id)).failing_since is None


async def test_who_says_gone_is_sent_nothing_more_until_a_replay(world: World, by: Actor, door: Door) -> None:
    it = await create_webhook(world, URL, ["app.scaled"], by)
    door.says = Went(410, "it answered 410")
    await say(world, by, "app.scaled")
    async with at_work(world, door):
        await door.next()
        door.says = Went(200)
        while (await webhooks.get(world.database, by.account_id, it.id)).disabled_at is None:
            await asyncio.sleep(0.02)
        await change.replay(world, it.id, it.reached, by)
        assert (await door.next()).endswith("app.scaled")
