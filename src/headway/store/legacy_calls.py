"""The ledger of calls of what is to be switched off."""

from headway.model.legacy_calls import LegacyCalls
from headway.store.database import Tx
from headway.store.sheets import sheet

SQL = sheet("legacy_calls")


async def add(tx: Tx, it: LegacyCalls) -> None:
    """These too; the first time stays what it was."""
    await tx.run(
        SQL["add"],
        route=it.route,
        token_id=it.token_id,
        account_id=it.account_id,
        calls=it.calls,
        first_at=it.first_at,
        last_at=it.last_at,
    )


async def forget_revoked(tx: Tx) -> None:
    """Forget those of tokens that are there no more: they cannot call."""
    await tx.run(SQL["forget_revoked"])


async def newest(tx: Tx, count: int) -> list[LegacyCalls]:
    """Those that called last, first."""
    return [LegacyCalls(*row) for row in await tx.all(SQL["newest"], count=count)]
