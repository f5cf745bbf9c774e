"""The verbs of pools, against a platform that listens."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from click.testing import CliRunner, Result

from headway import ids
from headway.cli.main import main
from headway.dialects.headway.dialect import headway
from headway.domain.catalog import CATALOG
from headway.domain.workers.create import create
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.model.operations import Actor
from headway.store import operations
from headway.views.stories import Stories
from headway.web.ask import edge
from headway.web.dialect import mount
from tests.labelling import a_pool, with_suites
from tests.ready_made import SECRET, served


@pytest.fixture
async def server(world: World) -> AsyncIterator[str]:
    feed = Feed(world.database)
    stories = Stories(world.database, feed, world.clock, CATALOG)
    async with served(mount(edge(world, feed), [headway(stories)])) as address:
        yield f"http://{address}"
    feed.close()


async def run(server: str, *argv: str) -> Result:
    environment = {"HEADWAY_SERVER": server, "HEADWAY_TOKEN": SECRET}
    return await asyncio.to_thread(CliRunner().invoke, main, ["pools", *argv], env=environment)


async def test_a_worker_is_made_listed_renewed_and_revoked(server: str) -> None:
    made = await run(server, "worker", "create", "ann")
    assert (made.exit_code, made.stdout.startswith("tk-wk-")) == (0, True)
    assert f"{server}/label" in made.stderr
    assert "ann" in (await run(server, "worker", "list")).stdout
    renewed = json.loads((await run(server, "worker", "renew", "ann", "--json")).stdout)
    assert renewed["token"] != made.stdout.strip()
    revoked = json.loads((await run(server, "worker", "revoke", "ann", "--json")).stdout)
    assert revoked == {"name": "ann", "revoked": True}
    assert json.loads((await run(server, "worker", "list", "--json")).stdout) == []
    refused = await run(server, "worker", "revoke", "ann")
    assert (refused.exit_code != 0, "worker not found" in refused.stderr) == (True, True)


async def test_all_are_listed_however_many_there_are(server: str, world: World, by: Actor) -> None:
    names = [f"w{n}" for n in range(101)]
    for name in names:
        await create(world, name, by)
    listed = json.loads((await run(server, "worker", "list", "--json")).stdout)
    assert [it["name"] for it in listed] == names


async def test_pools_are_listed_shown_and_commanded(server: str, world: World, by: Actor) -> None:
    pool = await a_pool(world, by)
    id = ids.show(pool.id)
    assert [it["id"] for it in json.loads((await run(server, "list", "--json")).stdout)] == [id]
    assert "first" in (await run(server, "list", "--status", "closed")).stdout
    assert "is closed" in (await run(server, "show", id)).stdout
    refused = await run(server, "open", id)
    assert (refused.exit_code, "there are no tasks" in refused.stderr) == (1, True)
    await with_suites(world, by, pool)
    assert "pool.open would open a pool" in (await run(server, "open", id, "--dry-run")).stdout
    begun = (await run(server, "open", id, "--no-wait")).stdout.strip()
    holder = await world.database.read(lambda tx: operations.holder(tx, f"pool:{pool.id}"))
    assert holder is not None
    assert begun == ids.show(holder.id)
