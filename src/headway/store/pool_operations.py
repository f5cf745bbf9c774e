"""Operations of the pools service as rows: by the ids that their askers know."""

from collections.abc import Mapping
from typing import Any

import msgspec

from headway.model.listing import Search, Texts
from headway.model.operations import Operation
from headway.model.pool_operations import PoolOperation
from headway.store.database import Row, Tx
from headway.store.listing import ordered
from headway.store.operations import from_row
from headway.store.sheets import sheet

SQL = sheet("pool_operations")
SORTED = (
    ("id", "p.shown"),
    ("submitted", "o.created_at"),
    ("finished", "coalesce(o.finished_at, -1)"),
)
"""By what a list can be sorted. One that has not ended comes before all that have."""


def _known(row: Row) -> PoolOperation:
    *operation, shown, details = row
    return PoolOperation(from_row(tuple(operation)), shown, details)


async def insert(tx: Tx, operation: Operation, shown: str) -> bool:
    """The operation is known as that; False where the account has another one of that id."""
    values = {"operation": operation.id, "account_id": operation.account_id}
    return await tx.run(SQL["insert"], **values, shown=shown) > 0


async def taken(tx: Tx, account_id: int, shown: str) -> bool:
    """Whether the account has one of that id, or had one that is forgotten."""
    return await tx.one(SQL["find"], account_id=account_id, shown=shown) is not None


async def get(tx: Tx, account_id: int, shown: str) -> PoolOperation | None:
    """The account's operation of that id."""
    row = await tx.one(SQL["get"], account_id=account_id, shown=shown)
    return None if row is None else _known(row)


async def shown_as(tx: Tx, operation: Operation) -> str | None:
    """Under which id an operation is known."""
    row = await tx.one(SQL["of_operation"], operation=operation.id)
    return None if row is None else str(row[0])


async def page(
    tx: Tx, account_id: int, search: Search, texts: Texts, *, phases: tuple[int, int], type: str = ""
) -> list[PoolOperation]:
    """Those of an account that are searched for, from one phase to another."""
    query = ordered(SQL["page"], search.order or (("id", False),), SORTED)
    values = search.values("submitted", "finished")
    del values["id_least"], values["id_most"]
    values |= {"phase_least": phases[0], "phase_most": phases[1], "type": type}
    rows = await tx.all(query, account_id=account_id, **msgspec.structs.asdict(texts), **values)
    return [_known(row) for row in rows]


async def tell(tx: Tx, operation: int, details: Mapping[str, Any]) -> None:
    """What came of it."""
    text = msgspec.json.encode(details).decode()
    await tx.run(SQL["tell"], operation=operation, details=text)


async def forget_lost(tx: Tx, before: int) -> int:
    """Forget the names of operations older than an id that are not kept any more, and their chunks; how many."""
    await tx.run(SQL["forget_chunks"], before=before)
    return await tx.run(SQL["forget_lost"], before=before)
