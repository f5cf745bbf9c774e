"""Removing a domain."""

import pytest

from headway.domain.domains.add import Wish, add
from headway.domain.domains.remove import remove
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.apps import App
from headway.model.operations import Actor
from headway.store import certificates, domains, events
from tests.model.test_certificates import GOOD, NAME


async def test_it_leads_nowhere_and_its_certificate_is_forgotten(world: World, app: App, by: Actor) -> None:
    it = await add(world, app, Wish(name=NAME, chain=GOOD.chain, key=GOOD.key), by)
    other = await add(world, app, Wish(name="other.example.org"), by)
    await remove(world, app, it.id, by)
    (site,) = await world.router.sites()
    assert [host.name for host in site.hosts] == ["other.example.org"]
    assert await world.database.read(lambda tx: certificates.of_domain(tx, it.id)) == []
    told = (await world.database.read(lambda tx: events.after(tx, 0)))[-1]
    assert (told.name, told.data["name"], told.data["ssl"]) == ("domain.removed", NAME, True)
    await remove(world, app, other.id, by)
    assert await world.router.sites() == []
    with pytest.raises(NotFound):
        await remove(world, app, it.id, by)
    assert await world.database.read(domains.apps) == []
