"""Containers brought about: started, ready, stopped; and the route that leads to those that answer requests.

Every call brings about a state and may be repeated.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from headway.domain.containers.unit import unit, unit_id
from headway.domain.world import World
from headway.ids import show
from headway.model.apps import App, Container, is_routed
from headway.routers.port import Endpoint, Route
from headway.runtimes.port import Unit
from headway.store import apps, releases
from headway.store.containers import of_app


async def start(world: World, app_id: int, containers: Iterable[Container]) -> None:
    """They are there, ready or not."""
    for one in await units_of(world, app_id, containers):
        await world.runtime.ensure(one)


async def stop(world: World, containers: Iterable[Container]) -> None:
    """Nothing of them runs any more."""
    grace = world.config.stop_grace_seconds
    await together(world.runtime.stop(unit_id(it), grace_seconds=grace) for it in containers)


async def route_of(world: World, app: App, containers: Iterable[Container]) -> Route:
    """The whole route of an app, with this name and these settings, whose traffic goes to these containers."""
    web = [it for it in containers if is_routed(it.type)]
    return Route(
        app_id=show(app.id),
        app=app.name,
        hostnames=(f"{app.name}.{world.config.domain}",),
        endpoints=await endpoints_of(world, app.id, web),
        stopped=not web,
        force_https=app.force_https,
        sticky_session=app.sticky_session,
    )


async def reroute(world: World, app: App) -> None:
    """Lead traffic to the app's containers by this name and these settings; nothing for one never deployed."""
    if app.release_id is not None:
        theirs = await world.database.read(lambda tx: of_app(tx, app.id))
        await world.router.route(await route_of(world, app, theirs))


async def endpoints_of(world: World, app_id: int, containers: Iterable[Container]) -> tuple[Endpoint, ...]:
    """Where those of the containers that are there accept connections."""
    wanted = {unit_id(it) for it in containers}
    return tuple(
        Endpoint(host=status.address[0], port=status.address[1])
        for status in await world.runtime.units(show(app_id))
        if status.id in wanted and status.address is not None
    )


async def units_of(world: World, app_id: int, containers: Iterable[Container]) -> list[Unit]:
    """What the containers are to the runtime. Failure `slug-missing` where what they run is not kept."""
    app = await app_of(world, app_id)
    return [await _unit(world, app, it) for it in containers]


async def together(calls: Iterable[Coroutine[Any, Any, object]]) -> None:
    """All of them at once; the first trouble ends the others and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for call in calls:
                group.create_task(call)
    except BaseExceptionGroup as troubles:
        raise troubles.exceptions[0] from None


async def _unit(world: World, app: App, container: Container) -> Unit:
    release = await world.database.read(lambda tx: releases.get(tx, container.release_id))
    return unit(world.config, app, container, release, await world.builder.slug(release.digest))


async def app_of(world: World, app_id: int) -> App:
    """The app as it is now."""
    return await world.database.read(lambda tx: apps.get(tx, app_id))
