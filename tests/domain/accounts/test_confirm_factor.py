"""Confirming a second factor."""

import pytest

from headway.domain.accounts.confirm_factor import confirm_factor
from headway.domain.accounts.enrol_factor import enrol_factor
from headway.domain.world import World
from headway.errors import Conflict, Invalid
from headway.model.operations import Actor
from headway.store import events
from headway.views import second_factors
from tests.domain.accounts.protected import protect, shows


async def test_from_then_on_it_is_asked_for_and_that_is_said(world: World, by: Actor) -> None:
    _, codes = await protect(world, by)
    assert await second_factors.is_enabled(world.database, by.account_id)
    last = (await world.database.read(lambda tx: events.after(tx, 0)))[-1]
    assert (last.name, last.data) == ("account.factor_enabled", {})
    assert len(codes) == 10


async def test_a_wrong_code_confirms_nothing(world: World, by: Actor) -> None:
    secret = (await enrol_factor(world, by.account_id)).secret
    with pytest.raises(Invalid):
        await confirm_factor(world, by.account_id, shows(world, secret, 100), by)
    assert not await second_factors.is_enabled(world.database, by.account_id)


async def test_where_none_is_begun_there_is_nothing_to_confirm(world: World, by: Actor) -> None:
    with pytest.raises(Conflict):
        await confirm_factor(world, by.account_id, "123456", by)
