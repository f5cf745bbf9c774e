"""Accept an invitation to work on an app. Who has the link is meant: an address alone proves nothing."""

from headway.domain.world import World
from headway.errors import Conflict
from headway.model.apps import App
from headway.model.operations import Actor, NewEvent
from headway.store import apps, collaborators
from headway.store.database import Tx


async def accept(world: World, app_id: int, collaborator_id: int, by: Actor) -> App:
    """The app that `by` may work on from now on.

    NotFound where the invitation was withdrawn, Conflict where it was accepted or `by` has a role already.
    """

    async def body(tx: Tx) -> App:
        app = await apps.get(tx, app_id)
        it = await collaborators.get(tx, app_id, collaborator_id)
        if await collaborators.role(tx, app, by.account_id) is not None:
            raise Conflict("you work on this app already")
        await collaborators.accept(tx, it.id, by.account_id)
        at, said, target = world.clock.now(), {"collaborator": it.id, "email": it.email}, f"app:{app_id}"
        tx.append(NewEvent(at=at, name="collaborator.accepted", target=target, by=by, data=said))
        return app

    return await world.database.write(body)
