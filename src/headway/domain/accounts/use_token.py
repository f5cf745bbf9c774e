"""Note that an API token is in use."""

import contextlib

from headway.clock import SECOND
from headway.domain.world import World
from headway.model.accounts import Token
from headway.store import tokens
from headway.store.database import StorageFull, Tx

NOTED_EVERY_SECONDS = 60


async def use_token(world: World, token: Token) -> None:
    """Keep when the token was last used, to the minute, so that reading costs no write."""
    now = world.clock.now()
    if token.last_used_at is not None and now - token.last_used_at < NOTED_EVERY_SECONDS * SECOND:
        return

    async def body(tx: Tx) -> None:
        await tokens.used(tx, token.id, now)

    # A full disk must not keep people from looking what fills it.
    with contextlib.suppress(StorageFull):
        await world.database.write(body)
