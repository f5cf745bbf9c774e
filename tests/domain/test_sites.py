"""The router is brought to what the rows say of domains."""

import asyncio

from headway.domain.domains.add import Wish, add
from headway.domain.world import World
from headway.ids import show
from headway.model.apps import App
from headway.model.operations import Actor
from headway.routers.port import Host, Site
from headway.store import domains
from tests.records import a_domain


async def served(world: World) -> None:
    """The service, once through its start."""
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(world.sites.serve(ready, stop))
        await ready.wait()
        stop.set()


async def test_a_start_shows_what_was_kept_and_not_shown_and_drops_what_is_nobody_s(
    world: World, app: App
) -> None:
    await world.database.write(lambda tx: domains.insert(tx, a_domain(app_id=app.id)))
    await world.router.site(Site(app_id=show(1), hosts=(Host(name="old.example.org"),)))
    await served(world)
    (site,) = await world.router.sites()
    assert (site.app_id, site.hosts) == (show(app.id), (Host(name="shop.example.org"),))


async def test_what_is_there_already_is_not_told_again(world: World, app: App, by: Actor) -> None:
    await add(world, app, Wish(name="shop.example.org"), by)
    world.router.is_reachable = True
    told: list[Site] = []
    world.router.site = told.append
    await world.sites.show(app.id)
    assert told == []


async def test_many_changes_at_once_leave_the_router_as_the_rows_are(
    world: World, app: App, by: Actor
) -> None:
    await asyncio.gather(*(add(world, app, Wish(name=f"n{n}.example.org"), by) for n in range(15)))
    (site,) = await world.router.sites()
    rows = await world.database.read(lambda tx: domains.of_app(tx, app.id))
    assert [host.name for host in site.hosts] == [it.name for it in rows]


async def test_what_could_not_be_shown_is_shown_when_the_router_can_be_reached(
    world: World, app: App, by: Actor
) -> None:
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(world.sites.serve(ready, stop))
        await ready.wait()
        world.router.is_reachable = False
        await add(world, app, Wish(name="shop.example.org"), by)
        world.router.is_reachable = True
        told, site = asyncio.Event(), world.router.site

        async def telling(it: Site) -> None:
            await site(it)
            told.set()

        world.router.site = telling
        await told.wait()
        stop.set()
    assert len(await world.router.sites()) == 1
