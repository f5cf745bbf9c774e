"""One-off containers as rows."""

from typing import Any

import msgspec

from headway.errors import NotFound
from headway.model.one_offs import OneOff
from headway.store.database import Row, Tx
from headway.store.sheets import sheet

SQL = sheet("one_offs")


async def get(tx: Tx, id: int) -> OneOff:
    """The one-off with this id, or NotFound."""
    return _found(await tx.one(SQL["get"], id=id))


async def of_operation(tx: Tx, operation_id: int) -> OneOff:
    """The one-off that the operation starts, or NotFound."""
    return _found(await tx.one(SQL["of_operation"], operation_id=operation_id))


async def active(tx: Tx, app_id: int = 0) -> list[OneOff]:
    """Those of an app, or of all, that have not ended, oldest first."""
    return [_one_off(row) for row in await tx.all(SQL["active"], app_id=app_id)]


async def counts(tx: Tx, app_id: int, account_id: int) -> tuple[int, int]:
    """How many have not ended: of the app, and of the account."""
    row = await tx.one(SQL["counts"], app_id=app_id, account_id=account_id)
    return (0, 0) if row is None else (row[0], row[1])


async def next_index(tx: Tx, app_id: int) -> int:
    """The number of the app's next one."""
    row = await tx.one(SQL["next_index"], app_id=app_id)
    return 1 if row is None else row[0]


async def insert(tx: Tx, it: OneOff) -> None:
    """Keep a new one, of which nothing has happened yet."""
    await tx.run(
        SQL["insert"],
        id=it.id,
        app_id=it.app_id,
        index=it.index,
        account_id=it.account_id,
        operation_id=it.operation_id,
        command=it.command,
        environment=msgspec.json.encode(it.environment).decode(),
        size=it.size,
        detached=int(it.detached),
        release_id=it.release_id,
        created_at=it.created_at,
    )


async def settle(tx: Tx, id: int, at: int) -> None:
    """Its operation has ended."""
    await tx.run(SQL["settle"], id=id, at=at)


async def because(tx: Tx, id: int, reason: str) -> bool:
    """Keep why it is to end, unless it has ended or is to end for another reason; whether that was kept."""
    return await tx.run(SQL["because"], id=id, reason=reason) == 1


async def finish(tx: Tx, id: int, exit_code: int, at: int) -> bool:
    """Keep how it ended, unless that is kept; whether it was not."""
    return await tx.run(SQL["finish"], id=id, exit_code=exit_code, at=at) == 1


async def forget(tx: Tx, app_id: int, before: int) -> None:
    """Forget those of an app that ended long ago."""
    await tx.run(SQL["forget"], app_id=app_id, before=before)


def _found(row: Row | None) -> OneOff:
    if row is None:
        raise NotFound("container")
    return _one_off(row)


def _one_off(row: Row) -> OneOff:
    values: list[Any] = list(row)
    values[6] = msgspec.json.decode(row[6], type=dict[str, str])
    values[8] = bool(row[8])
    return OneOff(*values)
