"""Doing without a second factor."""

import pytest

from headway.domain.accounts.disable_factor import disable_factor
from headway.domain.accounts.log_in import log_in
from headway.domain.world import World
from headway.errors import Conflict, Invalid
from headway.model.operations import Actor
from headway.views import second_factors
from tests.domain.accounts.protected import PASSWORD, protect, shows


async def test_a_code_is_needed_and_then_the_password_is_enough(world: World, by: Actor) -> None:
    secret, _ = await protect(world, by)
    for wrong in ("", shows(world, secret)):
        with pytest.raises(Invalid):
            await disable_factor(world, by.account_id, wrong, by)
    await disable_factor(world, by.account_id, shows(world, secret, 1), by)
    assert not await second_factors.is_enabled(world.database, by.account_id)
    await log_in(world, "admin", PASSWORD, "", dialect="tests")


async def test_whoever_runs_the_platform_needs_none(world: World, by: Actor) -> None:
    await protect(world, by)
    await disable_factor(world, by.account_id, None, by)
    with pytest.raises(Conflict):
        await disable_factor(world, by.account_id, None, by)
