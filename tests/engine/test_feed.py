"""No gap, no double, from any point."""

import asyncio
import contextlib

import pytest

from headway.engine.feed import PAGE, Feed
from headway.model.operations import NewEvent, Phase
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


async def test_a_commit_wakes_only_those_who_follow_what_it_touched(database: Database) -> None:
    feed = Feed(database)
    one, other, everything = feed.join(1), feed.join(2), feed.join()
    await database.write(say("a", operation=1))
    assert one.version > 0
    assert everything.version > 0
    if not database.shared:  # elsewhere something that is not known may always have happened
        assert (one.version, other.version, everything.version) == (1, 0, 1)
    feed.close()


async def test_those_who_follow_the_same_share_what_they_read(database: Database) -> None:
    feed = Feed(database)
    topic = feed.join(1)
    await database.write(say("a", operation=1))
    async with asyncio.timeout(SECONDS):
        while (page := await topic.read(0)) is not await topic.read(0):
            pass  # something was heard in between
    assert [event.name for event in page] == ["a"]
    await database.write(say("b", operation=1))
    assert [event.name for event in await topic.read(0)] == ["a", "b"]
    assert [event.name for event in await topic.read(1)] == ["b"]
    feed.close()


async def test_of_many_who_ask_at_once_one_reads(database: Database) -> None:
    topic, made = Feed(database).join(1), list[int]()

    async def make() -> int:
        made.append(1)
        await asyncio.sleep(0)
        return 7

    async with asyncio.TaskGroup() as group:
        asking = [group.create_task(topic.once("this", make)) for _ in range(100)]
        await asyncio.sleep(0)
        asking[0].cancel()
    assert {task.result() for task in asking[1:]} == {7}
    assert len(made) < 5


async def test_what_was_read_while_something_happened_is_not_kept(database: Database) -> None:
    topic = Feed(database).join(1)

    async def make() -> str:
        topic.turn()
        return "old"

    async def make_anew() -> str:
        return "new"

    assert [await topic.once("this", it) for it in (make, make_anew)] == ["old", "new"]


async def test_who_waits_for_the_end_is_told_of_it(database: Database) -> None:
    feed = Feed(database)
    async with running(node := Node(database, Stage(), "a:yield b:say")), asyncio.timeout(SECONDS):
        it = await node.submit("a:yield b:say")
        ended = await feed.ended(it.id)
        assert ended is not None
        assert ended.phase is Phase.SUCCEEDED
        assert await feed.ended(it.id) == ended
        assert await feed.ended(12345) is None
    feed.close()


async def test_who_submitted_is_told_of_the_end_of_just_that(database: Database) -> None:
    feed, stage = Feed(database), Stage()
    async with running(node := Node(database, stage, "a:hold", "b")), asyncio.timeout(SECONDS):
        held = asyncio.ensure_future(feed.end_of(await node.submit("a:hold")))
        await feed.end_of(await node.submit("b", "thing:2"))
        assert not held.done()
        stage.gates["a"].set()
        await held
    feed.close()


async def test_who_waits_for_an_end_looks_where_anything_may_have_happened(database: Database) -> None:
    feed = Feed(database)
    async with running(node := Node(database, Stage(), "a")), asyncio.timeout(SECONDS):
        ended = await feed.ended((await node.submit("a")).id)
        assert ended is not None
        late = asyncio.ensure_future(feed.end_of(ended))
        await asyncio.sleep(0)
        feed._heard(None)
        await late
    feed.close()


async def test_who_waits_is_woken_by_the_clock_too(database: Database) -> None:
    feed = Feed(database)
    topic = feed.join(1)
    async with asyncio.timeout(SECONDS):
        await topic.beyond(topic.version, seconds=0.01)
        await topic.beyond(topic.version - 1)
    assert topic.waiting == 0
    feed.close()


async def test_a_topic_that_nobody_follows_is_forgotten(database: Database) -> None:
    feed = Feed(database)
    topic = feed.join(1)
    assert feed.join(1) is topic
    feed.leave(topic)
    assert feed.join(1) is topic
    feed.leave(topic)
    feed.leave(topic)
    assert feed.join(1) is not topic
    feed.close()
