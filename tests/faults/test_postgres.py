"""PostgreSQL goes away, comes back and falls silent in the middle of load: nothing is lost, nothing is done twice."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from headway.clock import SystemClock
from headway.store import events
from headway.store.database import Tx
from headway.store.postgres import Postgres
from tests.databases import Databases, Server, fresh
from tests.faults.site import admin_of, says_later
from tests.faults.wire import DOWN, UP, Break, Wire
from tests.faults.work import Engine, Load, nothing_is_lost_or_doubled
from tests.ready_made import peopled, world_on

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
async def own_server() -> AsyncIterator[Server]:
    """A server that nobody else needs."""
    server = Server()
    await asyncio.to_thread(server.start)
    yield server
    await asyncio.to_thread(server.remove)


@asynccontextmanager
async def loaded(url: str) -> AsyncIterator[Load]:
    """Load on an engine there; afterwards nothing is lost or doubled."""
    databases = Databases(url)
    try:
        engine = Engine(await databases.another())
        load = Load(engine)
        async with engine.at_work(), load.running():
            await load.more(20)
            yield load
        await nothing_is_lost_or_doubled(engine.database, load.acknowledged)
    finally:
        await databases.close()


async def test_a_server_that_is_restarted_costs_time_and_nothing_else(own_server: Server) -> None:
    async with fresh(own_server) as url, loaded(url) as load:
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGINT, signal.SIGQUIT):
            await asyncio.to_thread(own_server.stop, how)
            await asyncio.to_thread(own_server.start)
            await load.more(20)


async def test_connections_that_the_server_ends_are_made_again(server: Server) -> None:
    async with fresh(server) as url, loaded(url) as load:
        other, name = await asyncpg.connect(server.url("postgres")), url.split("@/")[1].split("?")[0]
        of_ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
        ended = 0
        for _ in range(10):
            ended += len(await other.fetch(of_ours, name))
            await load.more(3)
        await other.close()
        assert ended > 10


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_wire_that_is_cut_anywhere_loses_nothing(server: Server, seed: int) -> None:
    chance, wire = random.Random(seed), Wire(server)
    async with fresh(server) as url, wire.laid(url) as far, loaded(far) as load:
        for _ in range(10):
            wire.breaks(Break(chance.choice([UP, DOWN]), "cut", chance.randrange(20_000)))
            await wire.broke.wait()
            await load.more(2)


async def test_a_server_that_is_lost_without_a_word_is_given_up_and_found_again(server: Server) -> None:
    chance, wire = random.Random(3), Wire(server)
    async with fresh(server) as url, wire.laid(url) as far, loaded(far) as load:
        for way in (UP, DOWN):
            wire.breaks(Break(way, "deaf", chance.randrange(20_000)))
            await wire.broke.wait()
            await load.more(20)


async def test_a_wire_that_stalls_in_mid_word_makes_callers_wait_and_then_hear_so(server: Server) -> None:
    chance, wire = random.Random(4), Wire(server)
    async with fresh(server) as url, wire.laid(url) as far, loaded(far) as load:
        wire.breaks(Break(DOWN, "stall", chance.randrange(20_000)))
        await wire.broke.wait()
        await load.until_refused()
        wire.mend()
        await load.more(20)


async def test_a_server_that_says_nothing_does_not_hold_up_the_end(server: Server) -> None:
    wire = Wire(server)
    async with fresh(server) as url, wire.laid(url) as far:
        database = Postgres(far, SystemClock())
        await database.open()
        await database.read(nothing_said)
        wire.hold()
        await database.close()


async def nothing_said(tx: Tx) -> None:
    """Reads, so that there is a connection."""
    await events.after(tx, 0, 1)


async def test_while_the_server_is_away_every_answer_says_when_to_come_back(
    own_server: Server, tmp_path: Path
) -> None:
    async with fresh(own_server) as url:
        databases = Databases(url)
        world = await peopled(world_on(await databases.another(), tmp_path))
        async with admin_of(world) as client:
            assert (await client.get("/healthz")).status_code == 200
            await asyncio.to_thread(own_server.stop)
            answers = await asyncio.gather(
                client.post("/v1/apps", json={"app": {"name": "first-app"}}),
                client.get("/v1/apps"),
                client.get("/headway/v1/operations"),
                client.get("/healthz"),
                client.get("/metrics"),
            )
            assert [says_later(it) for it in answers[:3]] == ["the database does not answer"] * 3
            assert answers[3].json() == {"status": "the database does not answer"}
            assert [it.status_code for it in answers[3:]] == [503, 503]
            assert all(it.headers["retry-after"] == "1" for it in answers)
            await asyncio.to_thread(own_server.start)
            assert (await client.get("/healthz")).status_code == 200
            assert (await client.post("/v1/apps", json={"app": {"name": "first-app"}})).status_code == 201
        await databases.close()
