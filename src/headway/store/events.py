"""Events as rows: one gapless sequence of everything that happened."""

import itertools
from typing import Any

import msgspec

from headway.model.operations import Actor, Event
from headway.store.database import Row, Tx
from headway.store.sheets import Query, sheet

SQL = sheet("events")


def _event(row: Row) -> Event:
    seq, at, name, operation, target, actor, data = row
    by = msgspec.json.decode(actor, type=Actor)
    known: dict[str, Any] = msgspec.json.decode(data)
    return Event(seq=seq, at=at, name=name, operation=operation, target=target, by=by, data=known)


async def of_operation(tx: Tx, operation: int, after: int = 0, count: int = 1000) -> list[Event]:
    """What happened to one operation behind `after`, in order."""
    rows = await tx.all(SQL["of_operation"], operation=operation, after=after, count=count)
    return [_event(row) for row in rows]


async def after(tx: Tx, seq: int, count: int = 1000) -> list[Event]:
    """What happened behind `seq`, in order."""
    return [_event(row) for row in await tx.all(SQL["after"], after=seq, count=count)]


async def told_of(tx: Tx, target: str, count: int, offset: int) -> list[Event]:
    """A page of what happened to a target, newest first, without what operations say of themselves."""
    rows = await tx.all(SQL["told_of"], target=target, count=count, offset=offset)
    return [_event(row) for row in rows]


async def count_told_of(tx: Tx, target: str) -> int:
    """How much that is in all."""
    return await _count(tx, SQL["count_told_of"], target=target)


async def told_of_since(tx: Tx, target: str, since: int, count: int) -> list[Event]:
    """The newest of it since a time, newest first."""
    rows = await tx.all(SQL["told_of_since"], target=target, since=since, count=count)
    return [_event(row) for row in rows]


async def told_to(tx: Tx, account_id: int, count: int, offset: int) -> list[Event]:
    """The same of all that an account may see now: itself, and its apps."""
    own = f"account:{account_id}"
    rows = await tx.all(SQL["told_to"], account_id=account_id, own=own, count=count, offset=offset)
    return [_event(row) for row in rows]


async def count_told_to(tx: Tx, account_id: int) -> int:
    """How much that is in all."""
    return await _count(tx, SQL["count_told_to"], account_id=account_id, own=f"account:{account_id}")


async def told_to_since(tx: Tx, account_id: int, since: int, count: int) -> list[Event]:
    """The newest of it since a time, newest first."""
    own = f"account:{account_id}"
    rows = await tx.all(SQL["told_to_since"], account_id=account_id, own=own, since=since, count=count)
    return [_event(row) for row in rows]


async def told(tx: Tx, seq: int) -> Event | None:
    """The event of that number, unless an operation says it of itself."""
    row = await tx.one(SQL["told"], seq=seq)
    return None if row is None else _event(row)


async def _count(tx: Tx, query: Query, **values: object) -> int:
    row = await tx.one(query, **values)
    assert row is not None
    return int(row[0])


async def last(tx: Tx) -> int:
    """The number of the newest event, or 0."""
    row = await tx.one(SQL["last"])
    assert row is not None
    return int(row[0])


async def first(tx: Tx) -> int:
    """The number of the oldest event that is kept, or 0."""
    row = await tx.one(SQL["first"])
    assert row is not None
    return int(row[0])


async def forget(tx: Tx, before: int, count: int) -> int:
    """Forget up to `count` of the oldest events that happened before the time `before`; how many went."""
    rows = await tx.all(SQL["oldest"], count=count)
    old = [seq for seq, _ in itertools.takewhile(lambda row: row[1] < before, rows)]
    return await tx.run(SQL["delete_to"], seq=old[-1]) if old else 0
