"""Second factors as rows."""

import msgspec

from headway.model.second_factors import SecondFactor
from headway.store.database import Tx
from headway.store.sheets import sheet

SQL = sheet("second_factors")


async def put(tx: Tx, it: SecondFactor) -> None:
    """From now on it is the account's, whatever that had before."""
    await tx.run(
        SQL["put"],
        id=it.account_id,
        secret=it.secret,
        confirmed_at=it.confirmed_at,
        last_step=it.last_step,
        recovery=msgspec.json.encode(it.recovery).decode(),
    )


async def get(tx: Tx, account_id: int) -> SecondFactor | None:
    """The account's, confirmed or not; None where it has none."""
    row = await tx.one(SQL["get"], id=account_id)
    if row is None:
        return None
    id, secret, confirmed_at, last_step, recovery = row
    codes = msgspec.json.decode(recovery, type=tuple[str, ...])
    return SecondFactor(id, secret, confirmed_at, last_step, codes)


async def delete(tx: Tx, account_id: int) -> None:
    """The account has none any more."""
    await tx.run(SQL["delete"], id=account_id)
