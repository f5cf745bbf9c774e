"""Editing a domain."""

import pytest

from headway.domain.domains.add import Wish, add
from headway.domain.domains.edit import Changes, Own, edit
from headway.domain.world import World
from headway.errors import Invalid, NotFound
from headway.model.apps import App
from headway.model.operations import Actor
from headway.store import certificates, domains, events
from tests.model.test_certificates import AUTHORITY
from tests.store.test_certificates import PAIR

NAME = "shop.example.org"


async def test_at_most_one_is_canonical_and_the_router_is_told(world: World, app: App, by: Actor) -> None:
    first = await add(world, app, Wish(name="first.example.org", canonical=True), by)
    second = await add(world, app, Wish(name="second.example.org"), by)
    assert (await edit(world, app, second.id, Changes(canonical=True), by)).canonical
    assert not (await world.database.read(lambda tx: domains.get(tx, app.id, first.id))).canonical
    (site,) = await world.router.sites()
    assert site.canonical == "second.example.org"
    await edit(world, app, first.id, Changes(canonical=False), by)
    assert await world.database.read(lambda tx: domains.canonical(tx, app.id)) == "second.example.org"
    await edit(world, app, second.id, Changes(canonical=False), by)
    assert await world.database.read(lambda tx: domains.canonical(tx, app.id)) is None


async def test_a_certificate_is_brought_replaced_and_taken_away(world: World, app: App, by: Actor) -> None:
    it = await add(world, app, Wish(name=NAME), by)
    for own in (AUTHORITY.certificate(NAME), AUTHORITY.certificate(NAME)):
        await edit(world, app, it.id, Changes(own=Own(chain=own.chain, key=own.key)), by)
        (site,) = await world.router.sites()
        assert site.hosts[0].certificate == own
        assert len(await world.database.read(lambda tx: certificates.of_domain(tx, it.id))) == 1
    await edit(world, app, it.id, Changes(own=Own(chain="", key="")), by)
    (site,) = await world.router.sites()
    assert site.hosts[0].certificate is None
    told = [one.data for one in await world.database.read(lambda tx: events.after(tx, 0))][-1]
    assert (told["ssl"], told["old_ssl"]) == (False, True)


async def test_a_wrong_certificate_changes_nothing(world: World, app: App, by: Actor) -> None:
    it = await add(world, app, Wish(name=NAME), by)
    with pytest.raises(Invalid):
        await edit(world, app, it.id, Changes(canonical=True, own=Own(chain="wrong", key="")), by)
    assert await world.database.read(lambda tx: domains.get(tx, app.id, it.id)) == it


async def test_an_authority_s_certificate_goes_when_it_is_not_wanted_any_more(
    world: World, app: App, by: Actor
) -> None:
    it = await add(world, app, Wish(name=NAME), by)
    await world.database.write(lambda tx: certificates.insert(tx, 50, it.id, PAIR, 0, own=False))
    assert not (await edit(world, app, it.id, Changes(automatic=False), by)).automatic
    assert await world.database.read(lambda tx: certificates.of_domain(tx, it.id)) == []


async def test_who_is_none_of_the_app_s_cannot_be_edited(world: World, app: App, by: Actor) -> None:
    with pytest.raises(NotFound):
        await edit(world, app, 1, Changes(canonical=True), by)
