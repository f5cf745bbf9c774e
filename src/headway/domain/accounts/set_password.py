"""Give an account a password, or another one. Its API tokens stay what they are."""

from headway.domain.accounts.hashing import hashed
from headway.domain.world import World
from headway.model.accounts import checked_password
from headway.model.operations import Actor, NewEvent
from headway.store import accounts, passwords
from headway.store.database import Tx


async def set_password(world: World, account_id: int, password: str, by: Actor) -> None:
    """From now on this opens the account; Invalid where it is too short, NotFound."""
    hash = await hashed(checked_password(password))

    async def body(tx: Tx) -> None:
        await accounts.get(tx, account_id)
        at = world.clock.now()
        await passwords.set(tx, account_id, hash, at)
        tx.append(NewEvent(at=at, name="account.password_set", target=f"account:{account_id}", by=by))

    await world.database.write(body)
