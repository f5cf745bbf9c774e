"""Which tokens an account may touch: its own."""

from headway.errors import NotFound
from headway.model.accounts import Token
from headway.store import tokens
from headway.store.database import Tx


async def owned(tx: Tx, account_id: int, token_id: int) -> Token:
    """The token; NotFound also where it is somebody else's."""
    token = await tokens.get(tx, token_id)
    if token.account_id != account_id:
        raise NotFound("token")
    return token
