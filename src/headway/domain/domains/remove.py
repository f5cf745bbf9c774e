"""Remove a domain from an app: it leads nowhere, and its certificates are forgotten."""

from headway.domain.access import permitted
from headway.domain.world import World
from headway.model.apps import App
from headway.model.operations import Actor, NewEvent
from headway.store import certificates, domains
from headway.store.database import Tx


async def remove(world: World, app: App, id: int, by: Actor) -> None:
    """It is gone; NotFound. Where the router cannot be told now, it is told as soon as it can."""

    async def body(tx: Tx) -> None:
        await permitted(tx, app.id, by, "domains.remove")
        it = await domains.get(tx, app.id, id)
        had = bool(await certificates.of_domain(tx, id))
        await certificates.delete_all(tx, id)
        await domains.delete(tx, id)
        said = {"domain": id, "name": it.name, "ssl": had}
        at, target = world.clock.now(), f"app:{app.id}"
        tx.append(NewEvent(at=at, name="domain.removed", target=target, by=by, data=said))

    await world.database.write(body)
    await world.sites.shown(app.id)
