"""Give a worker another token."""

import msgspec

from headway.domain.accounts.secret import hash_of, new_secret
from headway.domain.world import World
from headway.model.operations import Actor, NewEvent
from headway.model.workers import TOKEN_PREFIX, Worker
from headway.store import workers
from headway.store.database import Tx


async def renew(world: World, name: str, by: Actor) -> tuple[Worker, str]:
    """The worker, and a new secret, which is shown this once; the old one is worth nothing within seconds. NotFound."""
    secret = new_secret(TOKEN_PREFIX)

    async def body(tx: Tx) -> Worker:
        it = await workers.by_name(tx, by.account_id, name)
        await workers.renew(tx, it.id, hash_of(secret))
        at, said, target = world.clock.now(), {"name": it.name}, f"account:{by.account_id}"
        tx.append(NewEvent(at=at, name="worker.renewed", target=target, by=by, data=said))
        return msgspec.structs.replace(it, hash=hash_of(secret), last_used_at=None)

    return await world.database.write(body), secret
