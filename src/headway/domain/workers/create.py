"""Make a worker: somebody who may answer tasks in the pools of an account, and do nothing else."""

from headway.domain.accounts.secret import hash_of, new_secret
from headway.domain.world import World
from headway.errors import Conflict
from headway.model.operations import Actor, NewEvent
from headway.model.workers import TOKEN_PREFIX, Worker, checked_name
from headway.store import workers
from headway.store.database import Tx

WORKERS_MAX = 10_000
"""So many an account may have."""


async def create(world: World, name: str, by: Actor) -> tuple[Worker, str]:
    """The worker, and their secret, which is shown this once.

    Invalid where the name cannot be one; Conflict where there is one of that name, or one too many.
    """
    secret, now = new_secret(TOKEN_PREFIX), world.clock.now()
    it = Worker(world.ids.next(), by.account_id, checked_name(name), hash_of(secret), now, None)

    async def body(tx: Tx) -> None:
        if await workers.count(tx, by.account_id) >= WORKERS_MAX:
            raise Conflict(f"an account has at most {WORKERS_MAX} workers")
        await workers.insert(tx, it)
        said, target = {"name": it.name}, f"account:{by.account_id}"
        tx.append(NewEvent(at=now, name="worker.created", target=target, by=by, data=said))

    await world.database.write(body)
    return it, secret
