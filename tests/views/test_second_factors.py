"""Whether somebody is protected."""

from headway.domain.accounts.enrol_factor import enrol_factor
from headway.domain.world import World
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.views import second_factors
from tests.domain.accounts.protected import protect


async def test_only_once_it_is_confirmed(world: World, by: Actor, other: Account) -> None:
    await enrol_factor(world, other.id)
    await protect(world, by)
    enabled = [await second_factors.is_enabled(world.database, id) for id in (by.account_id, other.id, 7)]
    assert enabled == [True, False, False]
