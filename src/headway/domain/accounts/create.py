"""Make an account. Whoever runs the platform does; nobody can do so over HTTP."""

from headway.domain.accounts.hashing import hashed
from headway.domain.world import World
from headway.model.accounts import Account, checked_name, checked_password
from headway.model.collaborators import checked_email
from headway.model.operations import Actor, NewEvent
from headway.store import accounts, passwords
from headway.store.database import Tx


async def create(world: World, name: str, email: str, by: Actor, password: str | None = None) -> Account:
    """The new account, with its first project; Invalid where name, address or password cannot be, or is taken."""
    account = Account(world.ids.next(), checked_name(name), checked_email(email), world.clock.now())
    hash = None if password is None else await hashed(checked_password(password))

    async def body(tx: Tx) -> Account:
        await accounts.insert(tx, account)
        if hash is not None:
            await passwords.set(tx, account.id, hash, account.created_at)
        at, target = account.created_at, f"account:{account.id}"
        tx.append(NewEvent(at=at, name="account.created", target=target, by=by))
        return account

    return await world.database.write(body)
