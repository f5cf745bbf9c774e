"""Give an app to one of its collaborators; who gave it becomes a collaborator."""

from headway.domain.access import permitted
from headway.domain.world import World
from headway.errors import Invalid
from headway.model.apps import App, checked_current_name
from headway.model.collaborators import Collaborator, checked_email
from headway.model.free_use import check_one_more_app
from headway.model.operations import Actor, NewEvent
from headway.store import accounts, apps, collaborators, projects
from headway.store.database import Tx


async def transfer(world: World, app: App, owner: str, by: Actor, *, current: str | None = None) -> App:
    """The app, owned by the collaborator with that address, and filed under their default project.

    Invalid where there is none who has accepted, PaymentRequired where they may own no more apps.
    """
    email = checked_email(owner)

    async def body(tx: Tx) -> App:
        fresh = await permitted(tx, app.id, by, "app.transfer")
        if current is not None:
            checked_current_name(fresh, current)
        receiver = await _receiver(tx, fresh, email)
        owned = await apps.count_owned(tx, receiver)
        check_one_more_app(await accounts.get(tx, receiver), owned, world.config.payment_url)
        giver = await accounts.get(tx, fresh.owner_id)
        await collaborators.delete_of_account(tx, app.id, receiver)
        now = world.clock.now()
        await apps.transfer(tx, app.id, receiver, (await projects.default_of(tx, receiver)).id, now)
        await collaborators.insert(
            tx, Collaborator(world.ids.next(), app.id, giver.email.lower(), giver.id, False, now)
        )
        data = {"before": fresh.owner_id, "after": receiver}
        tx.append(NewEvent(at=now, name="app.transferred", target=f"app:{app.id}", by=by, data=data))
        return await apps.get(tx, app.id)

    return await world.database.write(body)


async def _receiver(tx: Tx, app: App, email: str) -> int:
    for it in await collaborators.of_app(tx, app.id):
        if it.email == email and it.account_id is not None:
            return it.account_id
    raise Invalid(owner="should be the e-mail address of a collaborator who has accepted the invitation")
