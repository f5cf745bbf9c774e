"""Edit a domain: make it canonical or not, give it a certificate of its own or take that away, or automate that."""

import msgspec

from headway.domain.access import permitted
from headway.domain.domains.certify import certify
from headway.domain.world import World
from headway.model.apps import App
from headway.model.certificates import Pair, checked
from headway.model.domains import Domain
from headway.model.operations import Actor, NewEvent
from headway.store import certificates, domains
from headway.store.database import Tx


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate of somebody's own with its key, PEM; both empty: it is taken away."""

    chain: str
    key: str


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What is to change; None leaves it as it is."""

    canonical: bool | None = None
    automatic: bool | None = None
    own: Own | None = None


async def edit(world: World, app: App, id: int, changes: Changes, by: Actor) -> Domain:
    """The domain as it is then; NotFound, or Invalid by field.

    Of an app's domains one at most is canonical: who makes another one so ends that. Where the router cannot be told
    now, it is told as soon as it can.
    """

    async def body(tx: Tx) -> Domain:
        await permitted(tx, app.id, by, "domains.edit")
        before = await domains.get(tx, app.id, id)
        had = bool(await certificates.of_domain(tx, id))
        await _crown(tx, before, changes.canonical)
        await _automate(tx, before, changes.automatic)
        await _own(world, tx, before, changes.own)
        after = await domains.get(tx, app.id, id)
        await certify(world, tx, after, by)
        has = bool(await certificates.of_domain(tx, id))
        said = {"domain": id, "name": after.name, "ssl": has, "old_ssl": had}
        said |= {"canonical": after.canonical, "automatic": after.automatic}
        at, target = world.clock.now(), f"app:{app.id}"
        tx.append(NewEvent(at=at, name="domain.edited", target=target, by=by, data=said))
        return await domains.get(tx, app.id, id)

    kept = await world.database.write(body)
    await world.sites.shown(app.id)
    return kept


async def _crown(tx: Tx, before: Domain, canonical: bool | None) -> None:
    if canonical is not None and canonical != before.canonical:
        await domains.crown(tx, before.app_id, before.id if canonical else None)


async def _automate(tx: Tx, before: Domain, automatic: bool | None) -> None:
    """What an authority issued goes when it is not wanted any more; one that is asked now finds that out."""
    if automatic is None:
        return
    await domains.automate(tx, before.id, automatic=automatic)
    if not automatic:
        for one in await certificates.of_domain(tx, before.id):
            if not one.own:
                await certificates.delete(tx, one.id)


async def _own(world: World, tx: Tx, before: Domain, own: Own | None) -> None:
    if own is None:
        return
    pair = _checked(world, before, own)
    await certificates.delete_own(tx, before.id)
    if pair is not None:
        await certificates.insert(tx, world.ids.next(), before.id, pair, world.clock.now(), own=True)


def _checked(world: World, before: Domain, own: Own) -> Pair | None:
    if not own.chain and not own.key:
        return None
    return checked(own.chain, own.key, before.name, world.clock.now())
