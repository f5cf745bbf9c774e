"""Adding a key."""

import pytest

from headway.domain.keys.add import PER_ACCOUNT_MAX, add
from headway.domain.world import World
from headway.errors import Invalid
from headway.model.accounts import Account
from headway.model.keys import Key
from headway.model.operations import Actor
from headway.store import events, ssh_keys
from headway.views import keys
from tests.ssh_keys import KEY, OTHER_KEY, SSH_KEYS


async def test_an_account_is_found_by_its_key(world: World, by: Actor) -> None:
    key = await add(world, by.account_id, "laptop", f"{KEY}\n", by)
    assert (key.content, key.fingerprint) == (KEY, SSH_KEYS[KEY])
    assert (await keys.account_of(world.database, SSH_KEYS[KEY])).id == by.account_id


async def test_it_is_said_with_its_fingerprint(world: World, by: Actor) -> None:
    await add(world, by.account_id, "laptop", KEY, by)
    (event,) = await world.database.read(lambda tx: events.after(tx, 0))
    assert (event.name, event.target) == ("key.added", f"account:{by.account_id}")
    assert event.data == {"name": "laptop", "fingerprint": SSH_KEYS[KEY]}


async def test_somebody_elses_key_is_taken_whatever_it_is_called(
    world: World, by: Actor, other: Account
) -> None:
    await add(world, by.account_id, "laptop", KEY, by)
    with pytest.raises(Invalid) as refused:
        await add(world, other.id, "mine", f"{KEY} another comment", by)
    assert set(refused.value.fields) == {"content"}
    await add(world, other.id, "laptop", OTHER_KEY, by)


async def test_there_is_a_limit(world: World, by: Actor) -> None:
    for n in range(PER_ACCOUNT_MAX):
        key = Key(world.ids.next(), by.account_id, f"number {n}", KEY, f"SHA256:{n}", 1)
        await world.database.write(lambda tx, key=key: ssh_keys.insert(tx, key))
    with pytest.raises(Invalid):
        await add(world, by.account_id, "one too many", KEY, by)
