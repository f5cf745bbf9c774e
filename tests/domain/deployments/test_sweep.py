"""Slugs stay as long as a release has them."""

import asyncio
import os

import pytest

from headway.clock import SECOND
from headway.domain.apps.delete import delete
from headway.domain.deployments.sweep import Sweeper, sweep
from headway.model.deployments import Deployment
from headway.model.operations import Operation
from headway.store import deployments, releases
from headway.testing.examples import running_app
from tests.outside import Outside, deployed


def slugs(outside: Outside) -> set[str]:
    """The digests of what is kept; from now on they are old."""
    folder = outside.config.folder / "builds" / "slugs"
    for it in folder.iterdir():
        os.utime(it, (1, 1))
    return {f"sha256:{it.name}" for it in folder.iterdir()}


async def ended(outside: Outside, begun: tuple[Deployment, Operation]) -> None:
    await outside.end_of(begun[1])


async def test_only_the_newest_releases_keep_theirs(outside: Outside) -> None:
    outside.settings(releases_kept=2)
    async with outside.at_work() as world:
        app = await running_app(world, outside.by, "hello-world")
        for n in range(3):
            await ended(outside, await deployed(world, app, outside.by, f"web: serve {n}\n", f"v{n}"))
        kept = await outside.database.read(lambda tx: releases.of_app(tx, app.id, before=1 << 62, count=9))
        assert [it.ref for it in kept] == ["v2", "v1"]
        assert len(slugs(outside)) == 4
        assert await sweep(world) == 2
        assert slugs(outside) == {it.digest for it in kept}


async def test_those_of_a_deleted_app_go_and_those_of_others_stay(outside: Outside) -> None:
    async with outside.at_work() as world:
        gone = await running_app(world, outside.by, "gone-app")
        await ended(outside, await deployed(world, gone, outside.by, "web: serve alone\n"))
        stays = await running_app(world, outside.by, "stays-app")
        await outside.end_of(await delete(world, gone, gone.name, outside.by))
        assert len(slugs(outside)) == 2
        await sweep(world)
        assert slugs(outside) == {(await outside.release(stays.release_id)).digest}


async def test_what_a_deployment_that_has_not_ended_may_have_built_stays(outside: Outside) -> None:
    world, _ = outside.process()
    app = await running_app(world, outside.by, "hello-world")
    await outside.database.write(lambda tx: releases.trim(tx, app.id, 0, 0))
    await deployed(world, app, outside.by, "web: serve\n")
    assert await outside.database.read(deployments.oldest_active) is not None
    folder = outside.config.folder / "builds" / "slugs"
    (slug,) = folder.iterdir()
    late = world.clock.now() / SECOND + 60
    os.utime(slug, (late, late))
    assert await sweep(world) == 0
    assert slug.exists()


async def test_the_service_sweeps_at_its_start(outside: Outside) -> None:
    world, _ = outside.process()
    folder = outside.config.folder / "builds" / "slugs"
    (folder / ("1" * 64)).mkdir(parents=True)
    slugs(outside)
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(Sweeper(world).serve(ready, stop))
        while list(folder.iterdir()):
            await asyncio.sleep(0.01)
        stop.set()


pytestmark = pytest.mark.timeout(60)
