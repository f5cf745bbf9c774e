"""Invite somebody to work on an app. Nothing is sent: whoever invites hands the link on."""

from headway.domain.access import permitted
from headway.domain.world import World
from headway.errors import Invalid
from headway.model.apps import App
from headway.model.collaborators import Collaborator, checked_email
from headway.model.operations import Actor, NewEvent
from headway.store import accounts, collaborators
from headway.store.database import Tx

PER_APP_MAX = 100


async def invite(world: World, app: App, email: str, by: Actor, *, is_limited: bool) -> Collaborator:
    """The open invitation; Invalid where the address is none, was invited before, or is the owner's."""
    it = Collaborator(world.ids.next(), app.id, checked_email(email), None, is_limited, world.clock.now())

    async def body(tx: Tx) -> Collaborator:
        fresh = await permitted(tx, app.id, by, "collaborators.invite")
        if (await accounts.get(tx, fresh.owner_id)).email.lower() == it.email:
            raise Invalid(email="is the owner's")
        if len(await collaborators.of_app(tx, app.id)) >= PER_APP_MAX:
            raise Invalid(email=f"is one too many: an app has at most {PER_APP_MAX} collaborators")
        await collaborators.insert(tx, it)
        said = {"collaborator": it.id, "email": it.email, "is_limited": is_limited}
        at, target = it.created_at, f"app:{app.id}"
        tx.append(NewEvent(at=at, name="collaborator.invited", target=target, by=by, data=said))
        return it

    return await world.database.write(body)
