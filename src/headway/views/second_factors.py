"""Whether an account is protected by a second factor."""

from headway.store import second_factors
from headway.store.database import Database, Tx


async def is_enabled(database: Database, account_id: int) -> bool:
    """Whether it is asked for; not before it has been confirmed."""

    async def body(tx: Tx) -> bool:
        factor = await second_factors.get(tx, account_id)
        return factor is not None and factor.confirmed_at is not None

    return await database.read(body)
