"""After a start: what our records say is running runs, and nothing else does.

While this control plane was dead the machine may have been restarted, the router's folder lost, a stop left half
done. An app that an operation holds is left to that operation.
"""

import asyncio
import logging

from headway import ids
from headway.domain.containers import swap
from headway.domain.containers.unit import unit_id
from headway.domain.world import World
from headway.errors import Failure, Refusal, Retry
from headway.model.apps import App, Container
from headway.store import apps, containers, operations
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
    """Start what is missing, stop what is not ours, route what serves; one app's trouble is not another's."""

    async def everything(tx: Tx) -> list[tuple[App, list[Container], bool]]:
        return [
            (
                app,
                await containers.of_app(tx, app.id),
                await operations.holder(tx, f"app:{app.id}") is not None,
            )
            for app in await apps.every(tx)
        ]

    every = await world.database.read(everything)
    held = {ids.show(app.id) for app, _, is_held in every if is_held}
    ours = {unit_id(it) for _, theirs, _ in every for it in theirs}
    for status in await world.runtime.units():
        if status.id not in ours and status.app_id not in held:
            log.info("%s of app %s is not wanted any more", status.label, status.app_id)
            await world.runtime.stop(status.id, grace_seconds=world.config.stop_grace_seconds)
    for app, theirs, is_held in every:
        if not is_held and app.release_id is not None:
            await _restore(world, app, theirs)


async def _restore(world: World, app: App, theirs: list[Container]) -> None:
    try:
        await swap.start(world, app.id, theirs)
        route = await swap.route_of(world, app.id, theirs)
        if route not in await world.router.routes():
            await world.router.route(route)
    except (Failure, Retry, Refusal) as trouble:
        log.warning("app %s could not be brought back: %s", app.name, trouble)
