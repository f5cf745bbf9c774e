"""Domains as they are shown."""

import pytest

from headway.domain.domains.add import Wish, add
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.apps import App
from headway.model.operations import Actor
from headway.store import certificates
from headway.store import domains as rows
from headway.views import domains
from tests.model.test_certificates import GOOD, NAME
from tests.store.test_certificates import PAIR


async def test_one_is_shown_with_the_certificate_that_is_served(world: World, app: App, by: Actor) -> None:
    await add(world, app, Wish(name="plain.example.org"), by)
    it = await add(world, app, Wish(name=NAME, chain=GOOD.chain, key=GOOD.key), by)
    plain, own = await domains.of_app(world.database, app.id)
    assert plain.certificate is None
    assert own.certificate is not None
    assert (own.certificate.own, own.certificate.chain) == (True, GOOD.chain)
    assert await domains.get(world.database, app.id, it.id) == own


async def test_one_that_is_still_being_asked_for_is_not_shown(world: World, app: App, by: Actor) -> None:
    it = await add(world, app, Wish(name=NAME), by)
    await world.database.write(lambda tx: rows.certifying(tx, it.id, 77))
    await world.database.write(lambda tx: certificates.insert(tx, 77, it.id, PAIR, 0, own=False))
    assert (await domains.get(world.database, app.id, it.id)).certificate is None


async def test_one_of_another_app_is_not_found(world: World, app: App) -> None:
    with pytest.raises(NotFound):
        await domains.get(world.database, app.id, 1)
