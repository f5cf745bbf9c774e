"""Who still calls what is to be switched off, as the operator sees it."""

import msgspec

from headway.errors import NotFound
from headway.model.legacy_calls import LegacyCalls
from headway.store import accounts, legacy_calls, tokens
from headway.store.database import Database, Tx

COUNT_MAX = 1000


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The calls, and by whom."""

    calls: LegacyCalls
    account: str
    token: str
    """The names; empty where there is no such token any more."""


async def newest(database: Database) -> list[Shown]:
    """Those that called last, first; at most 1,000."""

    async def body(tx: Tx) -> list[Shown]:
        return [await _shown(tx, it) for it in await legacy_calls.newest(tx, COUNT_MAX)]

    return await database.read(body)


async def _shown(tx: Tx, it: LegacyCalls) -> Shown:
    try:
        token = await tokens.get(tx, it.token_id)
        account = await accounts.get(tx, it.account_id)
    except NotFound:
        return Shown(calls=it, account="", token="")
    return Shown(calls=it, account=account.name, token=token.name)
