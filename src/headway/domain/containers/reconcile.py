"""After a start: what our records say is running runs, and nothing else does.

While this control plane was dead the machine may have been restarted, the router's folder lost, a stop left half
done. An app that an operation holds is left to that operation.
"""

import asyncio
import logging

from headway import ids
from headway.domain.containers import running
from headway.domain.containers.unit import unit_id
from headway.domain.world import World
from headway.errors import Refusal, Trouble
from headway.model.apps import App, Container
from headway.model.one_offs import container_of
from headway.runtimes.port import Status
from headway.store import apps, containers, one_offs, operations
from headway.store.database import Tx

log = logging.getLogger(__name__)


class Reconciler:
    """Brings runtime and router to what the records say; ready when that is done."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Reconcile once, then wait for `stop`."""
        await reconcile(self._world)
        ready.set()
        await stop.wait()


async def reconcile(world: World) -> None:
    """Start what is missing, stop what is not ours, route what serves; one thing's trouble is not another's."""
    every = await world.database.read(_wanted)
    beside = {unit_id(container_of(it)) for it in await world.database.read(one_offs.active)}
    strange = [it for it in await world.runtime.units() if it.id not in beside and not _stays(it, every)]
    await running.together(_end(world, it) for it in strange)
    known = {ids.show(app.id) for app, _, _ in every}
    for route in await world.router.routes():
        if route.app_id not in known:
            log.info("the app behind %s is not known any more", ", ".join(route.hostnames))
            await world.router.drop(route.app_id)
    for app, theirs, is_held in every:
        if not is_held and app.release_id is not None:
            await _restore(world, app, theirs)


Wanted = list[tuple[App, list[Container], bool]]
"""Each app, the containers that it should have, and whether an operation holds it."""


async def _wanted(tx: Tx) -> Wanted:
    return [
        (app, await containers.of_app(tx, app.id), await operations.holder(tx, f"app:{app.id}") is not None)
        for app in await apps.every(tx)
    ]


def _stays(status: Status, every: Wanted) -> bool:
    """Whether a container is somebody's: of an app that is held, or one that is wanted."""
    return any(
        status.app_id == ids.show(app.id) and (is_held or status.id in {unit_id(it) for it in theirs})
        for app, theirs, is_held in every
    )


async def _end(world: World, status: Status) -> None:
    log.info("%s of app %s is not wanted any more", status.label, status.app_id)
    try:
        await world.runtime.stop(status.id, grace_seconds=world.config.stop_grace_seconds)
    except Trouble as trouble:
        log.warning("%s of app %s could not be stopped: %s", status.label, status.app_id, trouble)


async def _restore(world: World, app: App, theirs: list[Container]) -> None:
    try:
        await running.start(world, app.id, theirs)
        route = await running.route_of(world, app, theirs)
        if route not in await world.router.routes():
            await world.router.route(route)
    except (Trouble, Refusal) as trouble:
        log.warning("app %s could not be brought back: %s", app.name, trouble)
