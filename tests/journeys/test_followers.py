"""Followers that are cut off at random and come again: each is told every event once, in order.

So many on one operation, and so many on one each: 20 in the test command, or as many as `HEADWAY_FOLLOWERS` says.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator

import msgspec
import pytest

from headway import ids
from headway.dialects.headway.dialect import headway
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.model.operations import Actor, Operation, Phase
from headway.store import operations
from headway.views.stories import Stories
from headway.web.ask import edge
from headway.web.dialect import mount
from tests.ready_made import SECRET, served
from tests.records import an_operation

FOLLOWERS = int(os.environ.get("HEADWAY_FOLLOWERS", "20"))
EVENTS = 12
CUT = 0.2
"""How likely it is that a connection is cut behind an event."""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(110 + FOLLOWERS)]


@pytest.fixture
async def address(world: World) -> AsyncIterator[tuple[str, int]]:
    feed = Feed(world.database)
    stories = Stories(world.database, feed, world.clock, {})
    async with served(mount(edge(world, feed), [headway(stories)])) as place:
        host, _, port = place.rpartition(":")
        yield host, int(port)
    feed.close()


async def begun(world: World, by: Actor, n: int) -> Operation:
    """An operation that nobody performs."""
    it = an_operation(
        id=world.ids.next(),
        target=f"wall:{n}",
        account_id=by.account_id,
        phase=Phase.RUNNING,
        owner=1,
        fence=1,
    )
    assert await world.database.journal(operations.accepted(it, by))
    return it


async def lived(world: World, it: Operation) -> None:
    """It gets on, event by event, and ends."""
    for progress in range(1, EVENTS + 1):
        entry = operations.advanced(it, world.clock.now(), progress)
        assert await world.database.journal(entry)
    assert await world.database.journal(operations.finished(it, world.clock.now(), Phase.SUCCEEDED, None))


async def followed(address: tuple[str, int], id: int, chance: random.Random) -> tuple[list[int], int]:
    """Which events were told, whatever was cut in between; and how often it was."""
    seen: list[int] = []
    cuts = 0
    while True:
        reader, writer = await asyncio.open_connection(*address)
        try:
            last = f"Last-Event-ID: {seen[-1]}\r\n" if seen else ""
            path = f"/headway/v1/operations/{ids.show(id)}/events"
            head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {SECRET}\r\n{last}\r\n"
            writer.write(head.encode())
            while line := await reader.readline():
                if line.startswith(b"data: "):
                    seen.append(msgspec.json.decode(line[6:])["seq"])
                    if chance.random() < CUT:
                        cuts += 1
                        break
                elif line == b"0\r\n":
                    return seen, cuts
        finally:
            writer.close()


async def test_all_who_follow_one_are_told_the_same(
    world: World, by: Actor, address: tuple[str, int]
) -> None:
    it = await begun(world, by, 1)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(followed(address, it.id, random.Random(n))) for n in range(FOLLOWERS)]
        group.create_task(lived(world, it))
    feed = Feed(world.database)
    stored = await feed.read(0, it.id)
    feed.close()
    assert len(stored) == EVENTS + 3
    for task in tasks:
        assert task.result()[0] == [event.seq for event in stored]
    assert sum(task.result()[1] for task in tasks) > FOLLOWERS // 2


async def test_each_who_follows_one_of_many_is_told_its_own(
    world: World, by: Actor, address: tuple[str, int]
) -> None:
    all = [await begun(world, by, n) for n in range(FOLLOWERS)]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(followed(address, it.id, random.Random(it.id))) for it in all]
        for it in all:
            group.create_task(lived(world, it))
    feed = Feed(world.database)
    for it, task in zip(all, tasks, strict=True):
        assert task.result()[0] == [event.seq for event in await feed.read(0, it.id)]
    feed.close()
