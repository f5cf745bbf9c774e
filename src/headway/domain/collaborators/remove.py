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
        leaves = any(
            it.id == collaborator_id and it.account_id == by.account_id
            for it in await collaborators.of_app(tx, app.id)
        )
        await permitted(tx, app.id, by, "app.read" if leaves else "collaborators.remove")
        it = await collaborators.get(tx, app.id, collaborator_id)
        await collaborators.delete(tx, it.id)
        at, said, target = world.clock.now(), {"collaborator": it.id, "email": it.email}, f"app:{app.id}"
        tx.append(NewEvent(at=at, name="collaborator.removed", target=target, by=by, data=said))

    await world.database.write(body)
