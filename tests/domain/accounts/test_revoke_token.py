"""A token goes."""

import pytest

from headway.domain.accounts.create_token import create_token
from headway.domain.accounts.revoke_token import revoke_token
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.views import accounts


async def test_a_revoked_token_is_gone(world: World, admin: Account, by: Actor) -> None:
    token, _ = await create_token(world, admin.id, "laptop", by)
    await revoke_token(world, admin.id, token.id, by)
    assert [one.name for one in await accounts.tokens_of(world.database, admin.id)] == ["first"]


async def test_somebody_elses_token_stays(world: World, admin: Account, other: Account, by: Actor) -> None:
    token, _ = await create_token(world, admin.id, "laptop", by)
    with pytest.raises(NotFound):
        await revoke_token(world, other.id, token.id, by)
    assert token in await accounts.tokens_of(world.database, admin.id)
