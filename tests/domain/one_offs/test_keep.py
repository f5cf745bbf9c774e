"""Keeping what came of one-offs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import msgspec

from headway.domain.one_offs.attach import attach
from headway.domain.one_offs.keep import Keeper
from headway.domain.one_offs.start import start
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.ids import show
from headway.model.apps import App
from headway.model.one_offs import OneOff, Wish
from headway.store import one_offs
from headway.views.one_offs import ended
from tests.outside import Outside


@contextlib.asynccontextmanager
async def keeping(world: World) -> AsyncIterator[None]:
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(Keeper(world, look_seconds=0.01).serve(ready, stop))
        await ready.wait()
        yield
        stop.set()


async def over(outside: Outside, it: OneOff) -> OneOff:
    """The one-off, once its end is kept."""
    feed = Feed(outside.database)
    try:
        async with asyncio.timeout(60):
            return await ended(outside.database, feed, it.id)
    finally:
        feed.close()


async def gone(outside: Outside, app: App, label: str) -> None:
    async with asyncio.timeout(60):
        while label in await outside.labels(app):
            await asyncio.sleep(0.005)


async def test_how_one_ended_is_kept_and_the_runtime_lets_go(
    outside: Outside, world: World, app: App
) -> None:
    async with keeping(world):
        it, _ = await start(world, app, Wish(command="exit 7", detached=True), outside.by)
        it = await over(outside, it)
        assert (it.exit_code, it.reason) == (7, "")
        await gone(outside, app, it.label)


async def test_what_ended_while_nobody_kept_is_kept_later(outside: Outside, world: World, app: App) -> None:
    it, operation = await start(world, app, Wish(command="exit 7", detached=True), outside.by)
    await outside.end_of(operation)
    await outside.runtime.ended(show(it.id))
    async with keeping(world):
        assert (await over(outside, it)).exit_code == 7
        await gone(outside, app, it.label)


async def test_it_is_not_let_go_of_before_its_operation_knows(outside: Outside, app: App) -> None:
    idle, _ = outside.process()
    it, _ = await start(idle, app, Wish(command="exit 7", detached=True), outside.by)
    from headway.domain.one_offs.unit import unit_of

    await outside.runtime.ensure(await unit_of(idle, it))
    async with keeping(idle):
        await over(outside, it)
        assert it.label in await outside.labels(app)
        async with outside.at_work():
            await gone(outside, app, it.label)


async def test_of_what_is_lost_that_is_kept(outside: Outside, world: World, detached: OneOff) -> None:
    await outside.runtime.stop(show(detached.id))
    async with keeping(world):
        it = await over(outside, detached)
        assert (it.exit_code, it.reason) == (137, "lost")


async def test_one_that_nobody_attaches_is_ended_and_one_that_somebody_did_is_not(
    outside: Outside, app: App
) -> None:
    outside.settings(one_off_attach_seconds=0)
    async with outside.at_work() as world:
        first, one = await start(world, app, Wish(command="cat"), outside.by)
        second, two = await start(world, app, Wish(command="cat"), outside.by)
        for operation in (one, two):
            await outside.end_of(operation)
        terminal = await attach(world, first, outside.by)
        async with keeping(world):
            it = await over(outside, second)
            assert (it.exit_code, it.reason) == (143, "unattached")
            now = await outside.database.read(lambda tx: one_offs.get(tx, first.id))
            assert now.finished_at is None
            terminal.hang_up()
            assert (await over(outside, first)).exit_code == 129


async def test_what_is_nobodys_is_let_go_of(
    outside: Outside, world: World, app: App, detached: OneOff
) -> None:
    from headway.domain.one_offs.unit import unit_of

    unit = msgspec.structs.replace(
        await unit_of(world, detached), id="0" * 24, label="stray", command="exit 1"
    )
    async with keeping(world):
        await outside.runtime.ensure(unit)
        await gone(outside, app, "stray")
