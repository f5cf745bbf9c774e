"""Operations as rows: what is asked of them, and the guarded entries by which they move."""

from collections.abc import Iterable
from typing import Any, cast

import msgspec

from headway.model.operations import Actor, Detail, Link, LogLine, NewEvent, Operation, Phase, Tombstone
from headway.store import keys
from headway.store.database import Entry, Row, Tx
from headway.store.sheets import sheet

SQL = sheet("operations")
LOG = SQL["log"]
"""Keeps one piece of log, behind a guard that has held."""


def from_row(row: Row) -> Operation:
    """The operation of a row with all its columns, in their order."""
    values = list(row)
    values[3] = bool(values[3])
    values[4] = Phase(values[4])
    values[10] = bool(values[10])
    values[15] = msgspec.json.decode(values[15], type=Detail) if values[15] is not None else None
    return Operation(*values)


def _text(detail: Detail | None) -> str | None:
    return None if detail is None else msgspec.json.encode(detail).decode()


def _said(operation: Operation, name: str, at: int, **data: Any) -> NewEvent:
    by = Actor(account_id=operation.account_id)
    return NewEvent(
        at=at, name=f"operation.{name}", operation=operation.id, target=operation.target, by=by, data=data
    )


# -- reading -------------------------------------------------------------------------------------------------


async def get(tx: Tx, id: int) -> Operation | None:
    """The operation with this id."""
    row = await tx.one(SQL["get"], id=id)
    return None if row is None else from_row(row)


async def holder(tx: Tx, target: str) -> Operation | None:
    """The active operation that holds the target."""
    row = await tx.one(SQL["holder"], target=target)
    return None if row is None else from_row(row)


async def newest(
    tx: Tx, *, before: int = 1 << 62, account_id: int = 0, target: str = "", count: int = 50
) -> list[Operation]:
    """Newest first, older than `before`; of one account and one target where given."""
    rows = await tx.all(SQL["newest"], before=before, account_id=account_id, target=target, count=count)
    return [from_row(row) for row in rows]


async def active(tx: Tx, count: int = 1000) -> list[Operation]:
    """Those that have not ended, oldest first."""
    return [from_row(row) for row in await tx.all(SQL["active"], count=count)]


async def more_wait(tx: Tx, count: int) -> bool:
    """Whether at least so many wait to be begun."""
    return await tx.one(SQL["more_wait"], count=max(0, count - 1)) is not None


async def tombstone(tx: Tx, id: int) -> Tombstone | None:
    """What is left of an operation after its retention."""
    row = await tx.one(SQL["tombstone"], id=id)
    return None if row is None else Tombstone(*row)


async def log_after(tx: Tx, id: int, after: int = 0, count: int = 10_000) -> list[LogLine]:
    """Its log behind line `after`."""
    rows = await tx.all(SQL["log_after"], id=id, after=after, count=count)
    return [LogLine(n=n, at=at, text=text) for n, at, text in rows]


async def log_last(tx: Tx, id: int) -> int:
    """The number of its last line of log, or 0."""
    row = await tx.one(SQL["log_last"], id=id)
    assert row is not None
    return int(row[0])


async def link(tx: Tx, parent: int, child: int, kind: str) -> None:
    """The child was begun because of the parent: as its `retry`, or as its `undo`."""
    await tx.run(SQL["link"], id=parent, child=child, kind=kind)


async def links(tx: Tx, id: int) -> tuple[Link | None, list[Link]]:
    """What it was begun because of, and what was begun because of it."""
    rows = [Link(*row) for row in await tx.all(SQL["links"], id=id)]
    parent = next((it for it in rows if it.child == id), None)
    return parent, [it for it in rows if it.parent == id]


# -- accepting -----------------------------------------------------------------------------------------------


def accepted(operation: Operation, by: Actor) -> Entry:
    """Keep a new operation; no row where another active one holds its target.

    One that comes with an owner begins in the same breath.
    """
    about = {"type": operation.type, "account": operation.account_id}
    said = [
        NewEvent(
            at=operation.created_at,
            name="operation.queued",
            operation=operation.id,
            target=operation.target,
            by=by,
            data=about,
        )
    ]
    if operation.owner is not None:
        said.append(_said(operation, "started", operation.created_at, node=operation.owner, fence=1))
    return Entry(query=SQL["insert"], values=_inserted(operation), events=tuple(said), touches=operation.id)


def _inserted(operation: Operation) -> dict[str, object]:
    return {
        "id": operation.id,
        "type": operation.type,
        "target": operation.target,
        "exclusive": int(operation.exclusive),
        "phase": int(operation.phase),
        "params": operation.params,
        "account_id": operation.account_id,
        "owner": operation.owner,
        "fence": operation.fence,
        "at": operation.created_at,
        "started_at": operation.started_at,
    }


async def carry_out(tx: Tx, entry: Entry) -> bool:
    """An entry inside a wider transaction: the same guard, the same events, the same log. Whether its guard held."""
    if not await tx.run(entry.query, **entry.values):
        return False
    for event in entry.events:
        tx.append(event)
    if entry.log:
        tx.keep_log(cast(int, entry.values["id"]), entry.log)
    return True


def logged(operation: int, lines: Iterable[LogLine]) -> list[dict[str, object]]:
    """The values of `LOG` for each of these pieces of its log."""
    return [{"id": operation, "n": it.n, "at": it.at, "text": it.text} for it in lines]


# -- moving --------------------------------------------------------------------------------------------------
# With each move goes `log`: what the operation has said and is not on disk yet.

Log = tuple[LogLine, ...]


def _entry(
    name: str, operation: Operation, events: tuple[NewEvent, ...], log: Log, **values: object
) -> Entry:
    values |= {"id": operation.id, "fence": operation.fence}
    return Entry(query=SQL[name], values=values, events=events, log=log, touches=operation.id)


def step_done(
    operation: Operation, at: int, progress: int, title: str, note: dict[str, Any], *, log: Log = ()
) -> Entry:
    """The present step is done; its note is kept with it."""
    said = _said(operation, "step_done", at, step=operation.step, title=title, note=note, progress=progress)
    return _entry("step_done", operation, (said,), log, step=operation.step, progress=progress, at=at)


def step_again(operation: Operation, at: int, why: str, pause: float, *, log: Log = ()) -> Entry:
    """The present attempt failed; there will be another after `pause` seconds."""
    said = _said(
        operation, "step_again", at, step=operation.step, attempt=operation.attempt, why=why, pause=pause
    )
    return _entry(
        "step_again", operation, (said,), log, step=operation.step, attempt=operation.attempt, at=at
    )


def turned_back(operation: Operation, at: int, next: int, detail: Detail, *, log: Log = ()) -> Entry:
    """From now on steps are undone, beginning with `next`."""
    said = _said(operation, "turned_back", at, step=operation.step, code=detail.code, text=detail.text)
    return _entry(
        "turn_back", operation, (said,), log, step=operation.step, next=next, detail=_text(detail), at=at
    )


def step_undone(operation: Operation, at: int, title: str, *, log: Log = ()) -> Entry:
    """The present step is undone."""
    said = _said(operation, "step_undone", at, step=operation.step, title=title)
    return _entry("step_undone", operation, (said,), log, step=operation.step, at=at)


def finished(
    operation: Operation,
    at: int,
    phase: Phase,
    detail: Detail | None,
    last: NewEvent | None = None,
    *,
    log: Log = (),
) -> Entry:
    """The one terminal write. `last` is the event of a last step that ends in the same breath."""
    outcome = _said(operation, phase.name.lower(), at, **(msgspec.to_builtins(detail) if detail else {}))
    progress = 100 if phase is Phase.SUCCEEDED else operation.progress
    last_step = operation.step + (last is not None)
    return _entry(
        "finish",
        operation,
        (outcome,) if last is None else (last, outcome),
        log,
        step=operation.step,
        turning_back=int(operation.turning_back),
        phase=int(phase),
        last=last_step,
        progress=progress,
        detail=_text(detail),
        at=at,
    )


def last_step_done(operation: Operation, at: int, title: str, note: dict[str, Any]) -> NewEvent:
    """What `finished` says of the last step."""
    return _said(operation, "step_done", at, step=operation.step, title=title, note=note, progress=100)


def said(operation: Operation, line: LogLine) -> Entry:
    """A piece of its log that cannot wait for the next move."""
    values: dict[str, object] = {
        "id": operation.id,
        "fence": operation.fence,
        "n": line.n,
        "at": line.at,
        "text": line.text,
    }
    return Entry(query=SQL["say"], values=values)


def advanced(operation: Operation, at: int, progress: int, *, log: Log = ()) -> Entry:
    """How far it is within its step."""
    event = _said(operation, "progress", at, progress=progress)
    return _entry("advance", operation, (event,), log, progress=progress, at=at)


async def claim(tx: Tx, owner: int, at: int, count: int) -> list[Operation]:
    """Begin up to `count` of the oldest queued ones."""
    rows = await tx.all(SQL["claim"], owner=owner, at=at, count=count)
    claimed = sorted((from_row(row) for row in rows), key=lambda it: it.id)
    for it in claimed:
        tx.append(_said(it, "started", it.updated_at, node=owner, fence=it.fence))
    return claimed


async def take_over(tx: Tx, owner: int, dead: int, at: int) -> list[Operation]:
    """Go on with what `dead` was performing; every fence rises, so that what it still writes is refused."""
    rows = await tx.all(SQL["take_over"], owner=owner, dead=dead, at=at)
    taken = sorted((from_row(row) for row in rows), key=lambda it: it.id)
    for it in taken:
        tx.append(_said(it, "taken_over", at, node=owner, dead=dead, fence=it.fence))
    return taken


async def take_up(tx: Tx, owner: int, id: int, at: int) -> Operation | None:
    """Go on with one of the node's own that it does not perform; None where it has none such."""
    row = await tx.one(SQL["take_up"], owner=owner, id=id, at=at)
    if row is None:
        return None
    it = from_row(row)
    tx.append(_said(it, "taken_over", at, node=owner, dead=owner, fence=it.fence))
    return it


async def request_cancel(tx: Tx, operation: Operation, by: Actor, reason: str, at: int) -> bool:
    """Note that it is to be cancelled; False where that was noted before, or it has ended."""
    if not await tx.run(SQL["request_cancel"], id=operation.id, at=at, reason=reason):
        return False
    tx.append(
        NewEvent(
            at=at,
            name="operation.cancel_requested",
            operation=operation.id,
            target=operation.target,
            by=by,
            data={"reason": reason},
        )
    )
    return True


async def cancel_unstarted(tx: Tx, operation: Operation, detail: Detail, at: int) -> bool:
    """End one that nobody has begun; False where somebody has."""
    if not await tx.run(SQL["cancel_unstarted"], id=operation.id, detail=_text(detail), at=at):
        return False
    tx.append(_said(operation, "cancelled", at, **msgspec.to_builtins(detail)))
    return True


async def performed(tx: Tx, owner: int) -> set[int]:
    """What the node is to perform."""
    return {int(row[0]) for row in await tx.all(SQL["performed"], owner=owner)}


async def cancels_of(tx: Tx, owner: int) -> list[int]:
    """Which of the node's operations somebody wants cancelled."""
    return [int(row[0]) for row in await tx.all(SQL["cancels_of"], owner=owner)]


def refused_write(operation: Operation, at: int, what: str, node: int) -> NewEvent:
    """The audit of a write whose fence was old."""
    return _said(operation, "write_refused", at, what=what, fence=operation.fence, node=node)


# -- forgetting ----------------------------------------------------------------------------------------------


async def bury(tx: Tx, before: int, ended: int, count: int) -> int:
    """Leave tombstones of up to `count` operations older than the id `before` that ended before `ended`; how many."""
    rows = await tx.all(SQL["expired"], before=before, ended=ended, count=count)
    names = ("id", "type", "phase", "account_id", "created_at", "finished_at")
    for row in rows:
        await tx.run(SQL["bury"], **dict(zip(names, row, strict=True)))
        await tx.run(SQL["delete_log"], id=row[0])
        await keys.forget(tx, row[0])
        await tx.run(SQL["unlink"], id=row[0])
        await tx.run(SQL["delete"], id=row[0])
    return len(rows)


async def oldest(tx: Tx) -> int | None:
    """When the oldest operation that is kept was accepted."""
    row = await tx.one(SQL["oldest"])
    return None if row is None or row[0] is None else int(row[0])
