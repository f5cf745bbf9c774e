"""Certificates in the database."""

import pytest

from headway.model.certificates import Certificate, Pair
from headway.store import certificates, domains
from headway.store.database import Database
from tests.records import AT, a_domain
from tests.store.of_an_app import with_apps

PAIR = Pair(chain="chain", key="key", not_before=AT, not_after=AT + 1)


@pytest.fixture
async def three(database: Database) -> Database:
    """Of domain 30: one of its own between two of an authority."""
    await with_apps(database)
    await database.write(lambda tx: domains.insert(tx, a_domain()))
    for id, own in ((40, False), (41, True), (42, False)):
        pair = Pair(chain=f"chain {id}", key=f"key {id}", not_before=id, not_after=id + 9)
        await database.write(
            lambda tx, id=id, own=own, pair=pair: certificates.insert(tx, id, 30, pair, AT, own=own)
        )
    return database


async def ids(database: Database) -> list[int]:
    return [it.id for it in await database.read(lambda tx: certificates.of_domain(tx, 30))]


async def test_an_own_one_is_served_else_the_newest(three: Database) -> None:
    assert await ids(three) == [41, 42, 40]
    assert await three.read(lambda tx: certificates.served(tx, 30)) == ("chain 41", "key 41")
    assert await three.read(lambda tx: certificates.life(tx, 30)) == (41, 50)
    await three.write(lambda tx: certificates.delete_own(tx, 30))
    assert await three.read(lambda tx: certificates.served(tx, 30)) == ("chain 42", "key 42")


async def test_what_is_told_of_one_has_no_key(three: Database) -> None:
    assert await three.read(lambda tx: certificates.get(tx, 41)) == Certificate(
        41, 30, True, "chain 41", 41, 50, AT
    )


async def test_one_that_is_kept_is_not_kept_again(three: Database) -> None:
    await three.write(lambda tx: certificates.insert(tx, 41, 30, PAIR, AT, own=False))
    assert (await three.read(lambda tx: certificates.served(tx, 30))) == ("chain 41", "key 41")


async def test_one_the_others_or_all_may_go(three: Database) -> None:
    await three.write(lambda tx: certificates.delete(tx, 40))
    assert await ids(three) == [41, 42]
    await three.write(lambda tx: certificates.delete_others(tx, 30, 42))
    assert await ids(three) == [42]
    await three.write(lambda tx: certificates.delete_all(tx, 30))
    assert await ids(three) == []
    assert await three.read(lambda tx: certificates.served(tx, 30)) is None
    assert await three.read(lambda tx: certificates.life(tx, 30)) is None
