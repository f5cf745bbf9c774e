"""Making a token."""

import pytest

from headway.domain.accounts.create_token import create_token
from headway.domain.accounts.secret import hash_of
from headway.domain.world import World
from headway.errors import Invalid
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.store import events
from headway.views import accounts


async def test_the_secret_opens_the_account_and_is_not_kept(world: World, admin: Account, by: Actor) -> None:
    token, secret = await create_token(world, admin.id, "laptop", by)
    assert await accounts.by_token_hash(world.database, hash_of(secret)) == (admin, token)
    assert secret not in repr(await accounts.tokens_of(world.database, admin.id))


async def test_it_is_told_that_it_happened(world: World, admin: Account, by: Actor) -> None:
    await create_token(world, admin.id, "laptop", by)
    (event,) = await world.database.read(lambda tx: events.after(tx, 0))
    assert (event.name, event.target, event.by) == ("token.created", f"account:{admin.id}", by)


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\0b"])
async def test_a_strange_name_is_invalid(world: World, admin: Account, by: Actor, name: str) -> None:
    with pytest.raises(Invalid):
        await create_token(world, admin.id, name, by)
