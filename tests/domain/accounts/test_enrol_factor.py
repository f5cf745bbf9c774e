"""Beginning to protect an account."""

import pytest

from headway.domain.accounts.confirm_factor import confirm_factor
from headway.domain.accounts.enrol_factor import enrol_factor
from headway.domain.world import World
from headway.errors import Conflict, Invalid
from headway.model.operations import Actor
from headway.views import second_factors
from tests.domain.accounts.protected import protect, shows


async def test_it_is_not_asked_for_before_it_is_confirmed(world: World, by: Actor) -> None:
    await enrol_factor(world, by.account_id)
    assert not await second_factors.is_enabled(world.database, by.account_id)


async def test_who_begins_again_begins_with_another_secret(world: World, by: Actor) -> None:
    first = await enrol_factor(world, by.account_id)
    second = await enrol_factor(world, by.account_id)
    with pytest.raises(Invalid):
        await confirm_factor(world, by.account_id, shows(world, first.secret), by)
    await confirm_factor(world, by.account_id, shows(world, second.secret), by)


async def test_who_is_protected_is_not_again(world: World, by: Actor) -> None:
    await protect(world, by)
    with pytest.raises(Conflict):
        await enrol_factor(world, by.account_id)
