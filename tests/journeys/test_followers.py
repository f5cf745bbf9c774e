"""Followers behind a proxy, cut off at random, who come again: each is told every event once, in order.

So many on one operation, and so many on one each: 20 in the test command, or as many as `HEADWAY_FOLLOWERS` says. The
proxy is Envoy. Each follower is cut off by itself, and all of them at once when the proxy is killed.
"""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from headway import ids
from headway.clock import SystemClock
from headway.dialects.headway.dialect import headway
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.model.operations import Actor, Operation, Phase
from headway.routers.envoy import Envoy
from headway.routers.port import Endpoint
from headway.store import operations
from headway.store.database import Database
from headway.views.stories import Stories
from headway.web.ask import edge
from headway.web.dialect import mount
from tests.ready_made import SECRET, peopled, world_on
from tests.ready_made import served as served_here
from tests.records import an_operation
from tests.routers.traffic import HOST, process_of, route, served, settings

FOLLOWERS = int(os.environ.get("HEADWAY_FOLLOWERS", "20"))
EVENTS = 12
KILLED_AT = 4
CUT = 0.2
"""How likely it is that a connection is cut behind an event."""
ELSEWHERE = ("127.0.0.2", 0)
"""Where they come from. While nobody listens, one who comes from the proxy's own address may be given its port, and be
connected with itself; then the next proxy cannot have it."""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(110 + FOLLOWERS)]


class Proxy:
    """Envoy, between the followers and the API."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port

    async def kill(self) -> None:
        """All connections break; another one is started by whoever keeps it."""
        pid = await process_of(self.folder)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> World:
    """One that all of them may ask at once, and as often as they like, with the same token."""
    return await peopled(
        world_on(database, tmp_path, requests_per_minute=1 << 30, requests_at_once_max=1 << 30)
    )


@pytest.fixture
async def proxy(world: World, tmp_path: Path) -> AsyncIterator[Proxy]:
    feed, at, folder = Feed(world.database), settings(), tmp_path / "proxy"
    stories = Stories(world.database, feed, world.clock, {})
    async with (
        served_here(mount(edge(world, feed), [headway(stories)])) as place,
        served(Envoy(folder, at, SystemClock(), live_seconds=60)) as envoy,
    ):
        await envoy.route(route("api", Endpoint(host=HOST, port=int(place.rpartition(":")[2]))))
        yield Proxy(folder, at.port)
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


class Follower:
    """Somebody who follows an operation to its end, whatever is cut in between."""

    def __init__(self, port: int, id: int, chance: random.Random) -> None:
        self.seen: list[int] = []
        self.cuts = 0
        """How often it hung up by itself."""
        self._port = port
        self._path = f"/headway/v1/operations/{ids.show(id)}/events"
        self._chance = chance
        self._news = asyncio.Event()
        self._ended = False

    async def has_seen(self, count: int) -> None:
        """Return when it was told so many events."""
        while len(self.seen) < count:
            self._news.clear()
            await self._news.wait()

    async def follow(self) -> "Follower":
        while not self._ended:
            with suppress(OSError, EOFError):
                await self._connected()
                continue
            # A crowd that comes again at once would keep away whom it waits for.
            await asyncio.sleep(self._chance.random() / 5)
        return self

    async def _connected(self) -> None:
        reader, writer = await asyncio.open_connection(HOST, self._port, local_addr=ELSEWHERE)
        try:
            last = f"Last-Event-ID: {self.seen[-1]}\r\n" if self.seen else ""
            proof = f"Host: api.localhost\r\nAuthorization: Bearer {SECRET}\r\n"
            writer.write(f"GET {self._path} HTTP/1.1\r\n{proof}{last}\r\n".encode())
            if b" 200 " in await reader.readline():
                await self._told(reader)
            else:
                raise EOFError  # Somebody answers for one who is away.
        finally:
            writer.transport.abort()

    async def _told(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            if line.startswith(b"data: ") and line.endswith(b"\n"):
                self.seen.append(msgspec.json.decode(line[6:])["seq"])
                self._news.set()
                if self._chance.random() < CUT:
                    self.cuts += 1
                    return
            elif line == b"0\r\n":
                self._ended = True
                return


async def lived(world: World, it: Operation, follower: Follower, proxy: Proxy | None = None) -> None:
    """It gets on, event by event, each when the last one was told, and ends; in between the proxy is killed."""
    for progress in range(1, EVENTS + 1):
        await follower.has_seen(progress + 1)
        entry = operations.advanced(it, world.clock.now(), progress)
        assert await world.database.journal(entry)
        if progress == KILLED_AT and proxy is not None:
            await proxy.kill()
    assert await world.database.journal(operations.finished(it, world.clock.now(), Phase.SUCCEEDED, None))


async def stored(world: World, it: Operation) -> list[int]:
    """All that happened to it."""
    feed = Feed(world.database)
    found = [event.seq for event in await feed.read(0, it.id)]
    feed.close()
    return found


async def test_all_who_follow_one_are_told_the_same(world: World, by: Actor, proxy: Proxy) -> None:
    it = await begun(world, by, 1)
    followers = [Follower(proxy.port, it.id, random.Random(n)) for n in range(FOLLOWERS)]
    async with asyncio.TaskGroup() as group:
        for one in followers:
            group.create_task(one.follow())
        group.create_task(lived(world, it, followers[0], proxy))
    all = await stored(world, it)
    assert len(all) == EVENTS + 3
    for one in followers:
        assert one.seen == all
    assert sum(one.cuts for one in followers) > FOLLOWERS // 2


async def test_each_who_follows_one_of_many_is_told_its_own(world: World, by: Actor, proxy: Proxy) -> None:
    all = [await begun(world, by, n) for n in range(FOLLOWERS)]
    followers = [Follower(proxy.port, it.id, random.Random(it.id)) for it in all]
    async with asyncio.TaskGroup() as group:
        for one in followers:
            group.create_task(one.follow())
        for it, one in zip(all, followers, strict=True):
            group.create_task(lived(world, it, one, proxy if one is followers[0] else None))
    for it, one in zip(all, followers, strict=True):
        assert one.seen == await stored(world, it)
