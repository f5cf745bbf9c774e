"""Remove a collaborator from an app, or withdraw an invitation. Who leaves by themselves may do so too."""

from headway.domain.access import permitted
from headway.domain.world import World
from headway.model.apps import App
from headway.model.operations import Actor, NewEvent
from headway.store import collaborators
from headway.store.database import Tx


async def remove(world: World, app: App, collaborator_id: int, by: Actor) -> None:
    """It may do nothing with the app any more; NotFound."""

    async def body(tx: Tx) -> None:
        await permitted(tx, app.id, by, "app.read")
        it = await collaborators.get(tx, app.id, collaborator_id)
        if it.account_id != by.account_id:
            await permitted(tx, app.id, by, "collaborators.remove")
        await collaborators.delete(tx, it.id)
        at, said, target = world.clock.now(), {"collaborator": it.id, "email": it.email}, f"app:{app.id}"
        tx.append(NewEvent(at=at, name="collaborator.removed", target=target, by=by, data=said))

    await world.database.write(body)
