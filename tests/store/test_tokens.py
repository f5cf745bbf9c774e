"""Tokens in the database."""

import pytest

from headway.domain.world import World
from headway.errors import NotFound
from headway.model.accounts import Account, Token
from headway.store import tokens


@pytest.fixture
async def token(world: World, admin: Account) -> Token:
    token = Token(77, admin.id, "laptop", "h" * 64, 5, None)
    await world.database.write(lambda tx: tokens.insert(tx, token))
    return token


async def test_a_token_is_found_by_its_id_and_by_its_hash(world: World, token: Token) -> None:
    assert await world.database.read(lambda tx: tokens.get(tx, 77)) == token
    assert await world.database.read(lambda tx: tokens.by_hash(tx, "h" * 64)) == token


async def test_the_tokens_of_an_account_come_oldest_first(world: World, admin: Account, token: Token) -> None:
    found = await world.database.read(lambda tx: tokens.of_account(tx, admin.id))
    assert [one.name for one in found] == ["laptop", "first"]
    assert token in found


async def test_a_renewed_token_is_only_found_by_its_new_hash(world: World, token: Token) -> None:
    await world.database.write(lambda tx: tokens.renew(tx, token.id, "n" * 64))
    assert (await world.database.read(lambda tx: tokens.by_hash(tx, "n" * 64))).id == token.id
    with pytest.raises(NotFound):
        await world.database.read(lambda tx: tokens.by_hash(tx, token.hash))


async def test_the_use_of_a_token_is_kept(world: World, token: Token) -> None:
    await world.database.write(lambda tx: tokens.used(tx, token.id, 9))
    assert (await world.database.read(lambda tx: tokens.get(tx, token.id))).last_used_at == 9


async def test_a_removed_token_is_not_found(world: World, token: Token) -> None:
    await world.database.write(lambda tx: tokens.remove(tx, token.id))
    with pytest.raises(NotFound):
        await world.database.read(lambda tx: tokens.get(tx, token.id))
