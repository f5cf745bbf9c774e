"""Add a domain to an app: a name that leads to it. Who owns the name is proved by leading it here."""

from urllib.parse import urlsplit

import msgspec

from headway.domain.access import permitted
from headway.domain.domains.certify import certify
from headway.domain.world import World
from headway.errors import Invalid
from headway.model.apps import App
from headway.model.certificates import checked
from headway.model.domains import PER_APP_MAX, Domain, checked_name
from headway.model.operations import Actor, NewEvent
from headway.store import certificates, domains
from headway.store.database import Tx


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants of a new one."""

    name: str
    canonical: bool = False
    automatic: bool = True
    """Whether its certificate is to come from the platform's authority."""
    chain: str = ""
    key: str = ""
    """A certificate of its own with its key, PEM; or neither."""


async def add(world: World, app: App, wish: Wish, by: Actor) -> Domain:
    """The domain, which leads to the app; Invalid by field where any of the wish is wrong.

    Where the router cannot be told now, it is told as soon as it can.
    """
    now, id = world.clock.now(), world.ids.next()
    name = checked_name(wish.name, reserved=own_names(world))
    own = checked(wish.chain, wish.key, name, now) if wish.chain or wish.key else None
    it = Domain(id, app.id, name, False, wish.automatic, None, 0, None, "", "", now)

    async def body(tx: Tx) -> Domain:
        await permitted(tx, app.id, by, "domains.add")
        if len(await domains.of_app(tx, app.id)) >= PER_APP_MAX:
            raise Invalid(name=f"is one too many: an app has at most {PER_APP_MAX} domains")
        await domains.insert(tx, it)
        if own is not None:
            await certificates.insert(tx, world.ids.next(), id, own, now, own=True)
        if wish.canonical:
            await domains.crown(tx, app.id, id)
        await certify(world, tx, it, by)
        said = {"domain": id, "name": name, "ssl": own is not None, "canonical": wish.canonical}
        tx.append(NewEvent(at=now, name="domain.added", target=f"app:{app.id}", by=by, data=said))
        return await domains.get(tx, app.id, id)

    kept = await world.database.write(body)
    await world.sites.shown(app.id)
    return kept


def own_names(world: World) -> tuple[str, ...]:
    """The names that are the platform's own."""
    public = urlsplit(world.config.public_url).hostname
    return (world.config.domain, *([public] if public else []))
