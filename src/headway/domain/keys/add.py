"""Add a public SSH key to an account."""

from headway.domain.world import World
from headway.errors import Invalid
from headway.model.keys import Key, checked_content, checked_name
from headway.model.operations import Actor, NewEvent
from headway.store import ssh_keys
from headway.store.database import Tx

PER_ACCOUNT_MAX = 100


async def add(world: World, account_id: int, name: str, content: str, by: Actor) -> Key:
    """The key as it is kept. Invalid where it is none, or the name or the key is taken."""
    line, fingerprint = checked_content(content)
    key = Key(world.ids.next(), account_id, checked_name(name), line, fingerprint, world.clock.now())

    async def body(tx: Tx) -> Key:
        if len(await ssh_keys.of_account(tx, account_id)) >= PER_ACCOUNT_MAX:
            raise Invalid(key=f"is one too many: an account has at most {PER_ACCOUNT_MAX}")
        await ssh_keys.insert(tx, key)
        said = {"name": key.name, "fingerprint": fingerprint}
        tx.append(
            NewEvent(at=key.created_at, name="key.added", target=f"account:{account_id}", by=by, data=said)
        )
        return key

    return await world.database.write(body)
