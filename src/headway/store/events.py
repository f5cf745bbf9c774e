"""Events as rows: one gapless sequence of everything that happened."""

import itertools
from typing import Any

import msgspec

from headway.model.operations import Actor, Event
from headway.store.database import Row, Tx
from headway.store.sheets import sheet

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
