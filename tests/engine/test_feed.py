"""No gap, no double, from any point."""

import asyncio
import contextlib

import pytest

from headway.engine.feed import PAGE, Feed
from headway.model.operations import NewEvent
from headway.store.database import Database, Tx
from tests.databases import Databases
from tests.engine.nodes import Node, running
from tests.engine.plays import Stage

SECONDS = 20


def say(*names: str, operation: int | None = None):
    async def body(tx: Tx) -> None:
        for name in names:
            tx.append(NewEvent(at=1, name=name, operation=operation))

    return body


async def read(feed: Feed, after: int, until: str, operation: int | None = None) -> list[tuple[int, str]]:
    """What a reader gets until the event `until`."""
    got: list[tuple[int, str]] = []
    async with asyncio.timeout(SECONDS), contextlib.aclosing(feed.follow(after, operation)) as pages:
        async for page in pages:
            assert 0 < len(page) <= PAGE
            got += [(event.seq, event.name) for event in page]
            if got[-1][1] == until:
                break
    return got


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_readers_get_everything_once_while_it_happens(
    database: Database, databases: Databases, elsewhere: bool
) -> None:
    feed = Feed(database)
    writer = await databases.another() if elsewhere else database
    async with asyncio.TaskGroup() as group:
        readers = [group.create_task(read(feed, 0, "last")) for _ in range(3)]
        for n in range(60):
            await writer.write(say(*(f"event.{n}",) * (n % 4)))
        await writer.write(say("last"))
    for reader in readers:
        assert [seq for seq, _ in reader.result()] == list(range(1, 92))
    feed.close()


async def test_a_reader_resumes_where_it_was(database: Database) -> None:
    feed = Feed(database)
    await database.write(say(*"abcdef", "last"))
    for after in range(7):
        assert [seq for seq, _ in await read(feed, after, "last")] == list(range(after + 1, 8))
    feed.close()


async def test_a_long_past_comes_in_pages(database: Database) -> None:
    feed = Feed(database)
    await database.write(say(*("a",) * (2 * PAGE + 3), "last"))
    assert len(await read(feed, 0, "last")) == 2 * PAGE + 4
    feed.close()


async def test_a_reader_of_one_operation_hears_of_no_other(database: Database) -> None:
    feed = Feed(database)
    for operation in (1, 2, None, 1):
        await database.write(say("a", operation=operation))
    await database.write(say("last", operation=1))
    assert await read(feed, 0, "last", 1) == [(1, "a"), (4, "a"), (5, "last")]
    assert await read(feed, 1, "last", 1) == [(4, "a"), (5, "last")]
    feed.close()


async def test_a_reader_hears_of_an_operation_from_its_beginning_to_its_end(database: Database) -> None:
    feed = Feed(database)
    async with running(node := Node(database, Stage(), "a:yield b:say")):
        it = await node.submit("a:yield b:say")
        names = [name for _, name in await read(feed, 0, "operation.succeeded", it.id)]
    feed.close()
    assert names == [f"operation.{it}" for it in ("queued", "started", "step_done", "step_done", "succeeded")]


async def test_a_closed_feed_hears_nothing(database: Database) -> None:
    feed = Feed(database)
    topic = feed.join()
    feed.close()
    await database.write(say("a"))
    assert topic.version == 0
