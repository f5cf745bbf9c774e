"""Let a worker in no longer."""

from headway.domain.world import World
from headway.model.operations import Actor, NewEvent
from headway.store import workers
from headway.store.database import Tx


async def revoke(world: World, name: str, by: Actor) -> None:
    """Their token is worth nothing within seconds; what they answered stays, under their name. NotFound."""

    async def body(tx: Tx) -> None:
        it = await workers.by_name(tx, by.account_id, name)
        await workers.remove(tx, it.id)
        at, said, target = world.clock.now(), {"name": it.name}, f"account:{by.account_id}"
        tx.append(NewEvent(at=at, name="worker.revoked", target=target, by=by, data=said))

    await world.database.write(body)
