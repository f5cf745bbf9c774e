"""Another secret for a token."""

import pytest

from headway.domain.accounts.create_token import create_token
from headway.domain.accounts.renew_token import renew_token
from headway.domain.accounts.secret import hash_of
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.views import accounts


async def test_only_the_new_secret_opens_the_account(world: World, admin: Account, by: Actor) -> None:
    token, old = await create_token(world, admin.id, "laptop", by)
    renewed, new = await renew_token(world, admin.id, token.id, by)
    assert renewed.id == token.id
    assert (await accounts.by_token_hash(world.database, hash_of(new)))[0] == admin
    with pytest.raises(NotFound):
        await accounts.by_token_hash(world.database, hash_of(old))


async def test_somebody_elses_token_is_not_there(
    world: World, admin: Account, other: Account, by: Actor
) -> None:
    token, secret = await create_token(world, admin.id, "laptop", by)
    with pytest.raises(NotFound):
        await renew_token(world, other.id, token.id, by)
    assert await accounts.by_token_hash(world.database, hash_of(secret))
