"""Revoke an API token."""

from headway.domain.accounts.owned import owned
from headway.domain.world import World
from headway.model.operations import Actor, NewEvent
from headway.store import tokens
from headway.store.database import Tx


async def revoke_token(world: World, account_id: int, token_id: int, by: Actor) -> None:
    """The token, and every JWT made from it, is worth nothing within seconds. NotFound."""

    async def body(tx: Tx) -> None:
        token = await owned(tx, account_id, token_id)
        await tokens.remove(tx, token.id)
        at, said = world.clock.now(), {"name": token.name}
        tx.append(NewEvent(at=at, name="token.revoked", target=f"account:{account_id}", by=by, data=said))

    await world.database.write(body)
