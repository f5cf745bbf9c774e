"""Give an API token another secret."""

from headway.domain.accounts.owned import owned
from headway.domain.accounts.secret import hash_of, new_secret
from headway.domain.world import World
from headway.model.accounts import Token
from headway.model.operations import Actor, NewEvent
from headway.store import tokens
from headway.store.database import Tx


async def renew_token(world: World, account_id: int, token_id: int, by: Actor) -> tuple[Token, str]:
    """The token with its new secret; the old secret is worth nothing within seconds. NotFound."""
    secret = new_secret()

    async def body(tx: Tx) -> Token:
        token = await owned(tx, account_id, token_id)
        await tokens.renew(tx, token.id, hash_of(secret))
        at, said = world.clock.now(), {"name": token.name}
        tx.append(NewEvent(at=at, name="token.renewed", target=f"account:{account_id}", by=by, data=said))
        return await tokens.get(tx, token.id)

    return await world.database.write(body), secret
