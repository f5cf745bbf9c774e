"""Make an API token for an account."""

from headway.domain.accounts.secret import hash_of, new_secret
from headway.domain.world import World
from headway.errors import Invalid
from headway.model.accounts import Token
from headway.model.operations import Actor, NewEvent
from headway.store import tokens
from headway.store.database import Tx

NAME_LENGTH_MAX = 200


async def create_token(world: World, account_id: int, name: str, by: Actor) -> tuple[Token, str]:
    """The token, and its secret, which is shown this once. Invalid where the name is too long."""
    token, secret = new_token(world, account_id, _checked(name))

    async def body(tx: Tx) -> None:
        await tokens.insert(tx, token)
        at, said, target = token.created_at, {"name": token.name}, f"account:{account_id}"
        tx.append(NewEvent(at=at, name="token.created", target=target, by=by, data=said))

    await world.database.write(body)
    return token, secret


def new_token(world: World, account_id: int, name: str) -> tuple[Token, str]:
    """A token that is not kept yet, and its secret."""
    secret = new_secret()
    token = Token(world.ids.next(), account_id, name, hash_of(secret), world.clock.now(), None)
    return token, secret


def _checked(name: str) -> str:
    if not name.strip() or len(name) > NAME_LENGTH_MAX or "\0" in name:
        raise Invalid(name=f"should have between 1 and {NAME_LENGTH_MAX} characters")
    return name
