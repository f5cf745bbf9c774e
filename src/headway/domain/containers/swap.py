"""Replace the containers of an app by others, so that it is never without one that serves.

The plot: what is added is started and must accept connections; then it gets the traffic; what is surplus finishes
its requests and is stopped. A container that does not listen is stopped before another with its label starts: two
of one worker at a time would do its work twice. Each step has its undo, and all of them only bring about states.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import msgspec

from headway.domain.containers.unit import unit, unit_id
from headway.domain.world import World
from headway.ids import show
from headway.model.apps import App, Container, listens
from headway.routers.port import Endpoint, Route
from headway.runtimes.port import Unit
from headway.store import apps, releases

Say = Callable[[str], None]


class Swap(msgspec.Struct, frozen=True, kw_only=True):
    """From which containers to which."""

    app_id: int
    before: list[Container]
    after: list[Container]

    @property
    def added(self) -> list[Container]:
        """Those that come."""
        return _without(self.after, self.before)

    @property
    def surplus(self) -> list[Container]:
        """Those that go."""
        return _without(self.before, self.after)

    def back(self) -> "Swap":
        """The other way round."""
        return Swap(app_id=self.app_id, before=self.after, after=self.before)


def _without(some: list[Container], others: list[Container]) -> list[Container]:
    ids = {it.id for it in others}
    return [it for it in some if it.id not in ids]


async def start_added(world: World, swap: Swap, say: Say, progress: Callable[[float], None]) -> None:
    """Start what is added; return when all of it is ready."""
    await _stop(world, _in_the_way(swap))
    units = await _units(world, swap.app_id, swap.added)
    started = 0

    async def start(one: Unit) -> None:
        nonlocal started
        say(f"starting {one.label}")
        await world.runtime.ensure(one)
        await world.runtime.ready(one.id, seconds=world.config.boot_seconds)
        say(f"{one.label} is ready")
        started += 1
        progress(started / len(units))

    await _together(start(one) for one in units)


async def stop_added(world: World, swap: Swap) -> None:
    """Undo of `start_added`: what was added is gone, what had to make way is back."""
    await _stop(world, swap.added)
    await _start(world, swap.app_id, _in_the_way(swap))


async def route_to(world: World, app_id: int, containers: list[Container]) -> None:
    """Lead the app's traffic to these containers, and to no other."""
    await world.router.route(await route_of(world, app_id, containers))


async def stop_surplus(world: World, swap: Swap, say: Say) -> None:
    """Let what is surplus finish its requests, then stop it."""
    surplus = [it for it in swap.surplus if listens(it.type)]
    route = await route_of(world, swap.app_id, swap.after)
    draining = await _endpoints(world, swap.app_id, surplus)
    await world.router.route(msgspec.structs.replace(route, draining=draining))
    await _together(world.router.drained(one, seconds=world.config.request_drain_seconds) for one in draining)
    for it in swap.surplus:
        say(f"stopping {it.label}")
    await _stop(world, swap.surplus)
    await world.router.route(route)


async def restart_surplus(world: World, swap: Swap) -> None:
    """Undo of `stop_surplus`: all that was there before runs again."""
    await _start(world, swap.app_id, [it for it in swap.before if it not in _in_the_way(swap)])


async def route_of(world: World, app_id: int, containers: list[Container]) -> Route:
    """The whole route of an app whose traffic goes to these containers."""
    app = await _app(world, app_id)
    web = [it for it in containers if listens(it.type)]
    return Route(
        app_id=show(app_id),
        app=app.name,
        hostnames=(f"{app.name}.{world.config.domain}",),
        endpoints=await _endpoints(world, app_id, web),
        stopped=not web,
        force_https=app.force_https,
        sticky_session=app.sticky_session,
    )


async def start(world: World, app_id: int, containers: list[Container]) -> None:
    """Bring it about that these containers are there, ready or not."""
    for one in await _units(world, app_id, containers):
        await world.runtime.ensure(one)


async def _start(world: World, app_id: int, containers: list[Container]) -> None:
    await start(world, app_id, containers)
    seconds = world.config.boot_seconds
    await _together(world.runtime.ready(unit_id(it), seconds=seconds) for it in containers)


async def _stop(world: World, containers: list[Container]) -> None:
    grace = world.config.stop_grace_seconds
    await _together(world.runtime.stop(unit_id(it), grace_seconds=grace) for it in containers)


def _in_the_way(swap: Swap) -> list[Container]:
    """Surplus containers that must be gone before one with the same label starts."""
    coming = {it.label for it in swap.added}
    return [it for it in swap.surplus if it.label in coming and not listens(it.type)]


async def _endpoints(world: World, app_id: int, containers: list[Container]) -> tuple[Endpoint, ...]:
    wanted = {unit_id(it) for it in containers}
    return tuple(
        Endpoint(host=status.address[0], port=status.address[1])
        for status in await world.runtime.units(show(app_id))
        if status.id in wanted and status.address is not None
    )


async def _units(world: World, app_id: int, containers: list[Container]) -> list[Unit]:
    app = await _app(world, app_id)
    return [await _unit(world, app, it) for it in containers]


async def _unit(world: World, app: App, container: Container) -> Unit:
    release = await world.database.read(lambda tx: releases.get(tx, container.release_id))
    return unit(world.config, app, container, release, await world.builder.slug(release.digest))


async def _app(world: World, app_id: int) -> App:
    return await world.database.read(lambda tx: apps.get(tx, app_id))


async def _together(calls: Iterable[Coroutine[Any, Any, object]]) -> None:
    """All of them; the first trouble ends the others and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for call in calls:
                group.create_task(call)
    except BaseExceptionGroup as troubles:
        raise troubles.exceptions[0] from None
