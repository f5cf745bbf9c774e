"""Who pays."""

import pytest

from headway.domain.accounts.define_payment import define_payment
from headway.domain.apps.create import create
from headway.domain.world import World
from headway.errors import NotFound, PaymentRequired
from headway.model.apps import App
from headway.model.operations import Actor


async def test_without_a_payment_method_the_second_app_is_not_free(world: World, app: App, by: Actor) -> None:
    assert not (await define_payment(world, by.account_id, by, defined=False)).payment_defined
    for dry_run in (True, False):
        with pytest.raises(PaymentRequired):
            await create(world, "second-app", by, dry_run=dry_run)
    await define_payment(world, by.account_id, by, defined=True)
    await create(world, "second-app", by)


async def test_nobody_pays_nothing(world: World, by: Actor) -> None:
    with pytest.raises(NotFound):
        await define_payment(world, 7, by, defined=True)
