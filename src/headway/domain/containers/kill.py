"""Send a signal to what a container runs."""

import signal

from headway.domain.access import permitted
from headway.domain.containers.find import container
from headway.domain.world import World
from headway.errors import Conflict, Invalid
from headway.ids import show
from headway.model.apps import App, Container
from headway.model.one_offs import OneOff
from headway.model.operations import Actor, NewEvent
from headway.store.database import Tx

SIGNALS = {it.name: it for it in (signal.SIGUSR1, signal.SIGUSR2)}
"""What may be sent: an app may understand these as it likes. Others end it, which is what stopping is for."""


async def kill(world: World, app: App, name: str, wanted: str, by: Actor) -> None:
    """Send the signal to the container of that id or label, one-off or not.

    NotFound; Invalid for a signal that may not be sent; Conflict where the container does not run.
    """
    if wanted not in SIGNALS:
        raise Invalid(signal=f"should be one of {', '.join(SIGNALS)}")

    async def allowed(tx: Tx) -> Container | OneOff:
        await permitted(tx, app.id, by, "app.signal")
        return await container(tx, app.id, name)

    found = await world.database.read(allowed)
    if not await world.runtime.signal(show(found.id), SIGNALS[wanted]):
        raise Conflict(f"{found.label} does not run now")
    await world.database.write(lambda tx: _tell(world, tx, found, wanted, by))


async def _tell(world: World, tx: Tx, it: Container | OneOff, sent: str, by: Actor) -> None:
    data = {"container": show(it.id), "label": it.label, "signal": sent}
    at, target = world.clock.now(), f"app:{it.app_id}"
    tx.append(NewEvent(at=at, name="app.signalled", target=target, by=by, data=data))
