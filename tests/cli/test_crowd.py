"""`headway pools simulate`, against a platform that listens."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from headway.cli.main import main
from headway.dialects.headway.dialect import headway
from headway.dialects.toloka.dialect import TOLOKA
from headway.domain.catalog import CATALOG
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.ids import show
from headway.model.assignments import Where
from headway.model.listing import Search
from headway.model.operations import Actor
from headway.model.pools import Pool
from headway.store import assignments
from headway.views.stories import Stories
from headway.web.ask import edge
from headway.web.dialect import mount
from tests.labelling import a_pool, opened, with_suites
from tests.ready_made import SECRET, served


@pytest.fixture
async def server(world: World) -> AsyncIterator[str]:
    feed = Feed(world.database)
    stories = Stories(world.database, feed, world.clock, CATALOG)
    async with served(mount(edge(world, feed), [TOLOKA, headway(stories)])) as address:
        yield f"http://{address}"
    feed.close()


@pytest.fixture
async def open_pools(world: World, by: Actor) -> list[Pool]:
    """Two that are alike."""
    found: list[Pool] = []
    for _ in range(2):
        pool = await a_pool(world, by)
        await with_suites(world, by, pool, 6, overlap=2, size=2)
        found.append(await opened(world, by, pool))
    return found


async def simulate(server: str, pool: Pool, *argv: str) -> Result:
    environment = {"HEADWAY_SERVER": server, "HEADWAY_TOKEN": SECRET}
    argv = ("pools", "simulate", show(pool.id), *argv)
    return await asyncio.to_thread(CliRunner().invoke, main, argv, env=environment)


async def answers(world: World, by: Actor, pool: Pool) -> list[tuple[str, Any]]:
    """Who has answered what, in order."""
    found = await world.database.read(
        lambda tx: assignments.page(tx, by.account_id, Where(pool_id=pool.id), Search(count=100))
    )
    return [(it.user_id, it.solutions) for it in found]


async def test_the_same_seed_gives_the_same_answers(
    server: str, world: World, by: Actor, open_pools: list[Pool]
) -> None:
    for pool in open_pools:
        done = await simulate(server, pool, "--people", "3", "--seed", "5", "--by-turns", "--skips", "0.1")
        assert done.exit_code == 0, done.output
        assert "have answered" in done.stdout
    one, other = [await answers(world, by, pool) for pool in open_pools]
    assert one == other != []


async def test_it_is_told_who_they_are_and_how_they_err(
    server: str, world: World, by: Actor, open_pools: list[Pool], tmp_path: Path
) -> None:
    contrary = {"cat": {"dog": 1.0}, "dog": {"cat": 1.0}}
    people, known = tmp_path / "people.json", tmp_path / "known.json"
    people.write_text(json.dumps([{"name": name, "confusion": {"result": contrary}} for name in ("a", "b")]))
    asked = [{"image": f"https://example.com/{n}-{m}.jpg"} for n in range(6) for m in range(2)]
    known.write_text(json.dumps([{"input_values": it, "output_values": {"result": "cat"}} for it in asked]))
    done = await simulate(
        server, open_pools[0], "--people-file", str(people), "--known", str(known), "--json"
    )
    told = json.loads(done.stdout)
    assert (told["tasks"], told["suites"], told["skipped"]) == (24, 12, 0)
    assert [it["confusion"]["result"]["cat"] for it in told["people"]] == [{"cat": 0.0, "dog": 1.0}] * 2
    assert {said for _, said in await answers(world, by, open_pools[0])} == {
        '[{"output_values":{"result":"dog"}},{"output_values":{"result":"dog"}}]'
    }


async def test_a_pool_that_is_not_open_is_refused(server: str, world: World, by: Actor) -> None:
    refused = await simulate(server, await a_pool(world, by))
    assert (refused.exit_code, "open it first" in refused.stderr) == (1, True)


async def test_a_file_that_cannot_be_read_is_refused(
    server: str, open_pools: list[Pool], tmp_path: Path
) -> None:
    people = tmp_path / "people.json"
    people.write_text('[{"nick": "a"}]')
    refused = await simulate(server, open_pools[0], "--people-file", str(people))
    assert (refused.exit_code, "people.json" in refused.stderr) == (1, True)
