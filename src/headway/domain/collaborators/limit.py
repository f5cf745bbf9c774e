"""Limit what a collaborator may do with an app, or lift the limit."""

import msgspec

from headway.domain.access import permitted
from headway.domain.world import World
from headway.model.apps import App
from headway.model.collaborators import Collaborator
from headway.model.operations import Actor, NewEvent
from headway.store import collaborators
from headway.store.database import Tx


async def limit(world: World, app: App, collaborator_id: int, by: Actor, *, is_limited: bool) -> Collaborator:
    """The collaborator as it is then; NotFound."""

    async def body(tx: Tx) -> Collaborator:
        await permitted(tx, app.id, by, "collaborators.limit")
        it = await collaborators.get(tx, app.id, collaborator_id)
        await collaborators.limit(tx, it.id, is_limited)
        at, said, target = (
            world.clock.now(),
            {"collaborator": it.id, "email": it.email, "is_limited": is_limited},
            f"app:{app.id}",
        )
        tx.append(NewEvent(at=at, name="collaborator.limited", target=target, by=by, data=said))
        return msgspec.structs.replace(it, is_limited=is_limited)

    return await world.database.write(body)
