"""Adding a domain."""

import asyncio

import pytest

from headway.domain.apps.create import create
from headway.domain.domains.add import Wish, add
from headway.domain.world import World
from headway.errors import Invalid
from headway.ids import show
from headway.model.apps import App
from headway.model.domains import PER_APP_MAX
from headway.model.operations import Actor
from headway.store import certificates, domains, events
from tests.routers.certificates import Authority

AUTHORITY = Authority()


async def test_it_leads_to_the_app_and_is_told(world: World, app: App, by: Actor) -> None:
    it = await add(world, app, Wish(name="Shop.example.org", canonical=True), by)
    assert (it.name, it.canonical, it.automatic, it.certifying) == ("shop.example.org", True, True, None)
    (site,) = await world.router.sites()
    assert (site.app_id, [host.name for host in site.hosts]) == (show(app.id), ["shop.example.org"])
    assert site.canonical == "shop.example.org"
    told = (await world.database.read(lambda tx: events.after(tx, 0)))[-1]
    assert (told.name, told.data["name"], told.data["ssl"]) == ("domain.added", "shop.example.org", False)


async def test_one_with_its_own_certificate_is_served_with_that(world: World, app: App, by: Actor) -> None:
    own = AUTHORITY.certificate("shop.example.org")
    it = await add(world, app, Wish(name="shop.example.org", chain=own.chain, key=own.key), by)
    assert await world.database.read(lambda tx: certificates.served(tx, it.id)) == (own.chain, own.key)
    (site,) = await world.router.sites()
    assert site.hosts[0].certificate == own
    for told in await world.database.read(lambda tx: events.after(tx, 0)):
        assert own.key.splitlines()[1] not in str(told.data)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish(name="no name"), "name"),
        (Wish(name="x.localhost"), "name"),
        (Wish(name="shop.example.org", chain="nothing"), "tlscert"),
        (Wish(name="shop.example.org", key="nothing"), "tlscert"),
    ],
)
async def test_a_wrong_wish_is_refused_by_field_and_nothing_stays(
    world: World, app: App, by: Actor, wish: Wish, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await add(world, app, wish, by)
    assert set(refused.value.fields) == {field}
    assert await world.database.read(domains.apps) == []


async def test_a_name_is_had_once_by_whichever_app(world: World, app: App, by: Actor) -> None:
    other = await create(world, "other-app", by)
    done = await asyncio.gather(
        *(add(world, one, Wish(name="shop.example.org"), by) for one in (app, other)), return_exceptions=True
    )
    assert sorted(type(it).__name__ for it in done) == ["Domain", "Invalid"]
    (site,) = await world.router.sites()
    assert site.app_id in {show(app.id), show(other.id)}


async def test_there_is_a_limit_that_holds_also_for_all_at_once(world: World, app: App, by: Actor) -> None:
    wishes = [Wish(name=f"n{n}.example.org") for n in range(PER_APP_MAX + 2)]
    done = await asyncio.gather(*(add(world, app, wish, by) for wish in wishes), return_exceptions=True)
    assert sum(isinstance(it, Invalid) for it in done) == 2
    (site,) = await world.router.sites()
    assert len(site.hosts) == PER_APP_MAX


async def test_where_the_router_cannot_be_told_the_domain_is_kept_all_the_same(
    world: World, app: App, by: Actor
) -> None:
    router = world.router
    router.is_reachable = False
    assert (await add(world, app, Wish(name="shop.example.org"), by)).name == "shop.example.org"
    router.is_reachable = True
    assert await router.sites() == []
    await world.sites.show(app.id)
    assert len(await router.sites()) == 1
