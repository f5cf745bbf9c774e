"""Which tokens an account may touch."""

import pytest

from headway.domain.accounts.owned import owned
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.accounts import Account
from headway.views import accounts


async def test_an_account_may_touch_its_own_token_and_nobody_elses(
    world: World, admin: Account, other: Account
) -> None:
    (token,) = await accounts.tokens_of(world.database, admin.id)
    assert await world.database.read(lambda tx: owned(tx, admin.id, token.id)) == token
    with pytest.raises(NotFound):
        await world.database.read(lambda tx: owned(tx, other.id, token.id))
