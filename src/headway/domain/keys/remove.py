"""Remove a public SSH key from an account."""

from headway.domain.world import World
from headway.model.operations import Actor, NewEvent
from headway.store import ssh_keys
from headway.store.database import Tx


async def remove(world: World, account_id: int, key_id: int, by: Actor) -> None:
    """The key opens nothing any more; NotFound also where it is somebody else's."""

    async def body(tx: Tx) -> None:
        key = await ssh_keys.get(tx, account_id, key_id)
        await ssh_keys.delete(tx, key.id)
        at, said = world.clock.now(), {"name": key.name, "fingerprint": key.fingerprint}
        tx.append(NewEvent(at=at, name="key.removed", target=f"account:{account_id}", by=by, data=said))

    await world.database.write(body)
