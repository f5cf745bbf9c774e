"""Operations as they are read: the record, its steps, its log."""

from collections.abc import Mapping
from typing import Any

import msgspec

from headway.engine.declare import OperationType
from headway.errors import NotFound
from headway.ids import show
from headway.model.apps import App
from headway.model.operations import Event, LogLine, Operation, Phase
from headway.store import events, operations
from headway.store.database import Database, Tx
from headway.views import apps


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """One step of an operation, as far as it is."""

    title: str
    state: str
    """waiting, running, done, undoing, undone, or failed."""
    ended_at: int | None


async def get(database: Database, id: int) -> Operation:
    """The operation, or NotFound."""
    operation = await database.read(lambda tx: operations.get(tx, id))
    if operation is None:
        raise NotFound("operation", show(id))
    return operation


async def of_app(database: Database, account_id: int, app: str, id: int) -> tuple[App, Operation]:
    """An operation on the app of that name or shown id; NotFound where the account may not see it.

    One transaction, since this is what clients poll.
    """

    async def body(tx: Tx) -> tuple[App, Operation]:
        found = await apps.found(tx, account_id, app)
        operation = await operations.get(tx, id)
        if operation is None or operation.target != f"app:{found.id}":
            raise NotFound("operation", show(id))
        return found, operation

    return await database.read(body)


async def newest(
    database: Database, *, account_id: int, before: int = 1 << 62, target: str = "", count: int = 50
) -> list[Operation]:
    """Newest first, of one account (0: of all), older than the id `before`."""
    return await database.read(
        lambda tx: operations.newest(tx, before=before, account_id=account_id, target=target, count=count)
    )


async def active_on(database: Database, target: str) -> Operation | None:
    """The operation that holds the target."""
    return await database.read(lambda tx: operations.holder(tx, target))


async def log(database: Database, id: int, after: int = 0) -> list[LogLine]:
    """What it said, behind line `after`."""
    return await database.read(lambda tx: operations.log_after(tx, id, after))


async def history(database: Database, id: int, after: int = 0) -> list[Event]:
    """What happened to it, behind event `after`."""
    return await database.read(lambda tx: events.of_operation(tx, id, after))


async def detailed(
    database: Database, id: int, type_of: Mapping[str, OperationType[Any, Any]]
) -> tuple[Operation, list[StepView], int]:
    """The operation, its steps, and the number of its newest event; NotFound."""

    async def body(tx: Tx) -> tuple[Operation | None, list[Event]]:
        return await operations.get(tx, id), await events.of_operation(tx, id, count=100_000)

    operation, happened = await database.read(body)
    if operation is None:
        raise NotFound("operation", show(id))
    titles = [step.title for step in type_of[operation.type].steps]
    return operation, steps(operation, titles, happened), happened[-1].seq if happened else 0


def steps(operation: Operation, titles: list[str], happened: list[Event]) -> list[StepView]:
    """How far each step is, from the record and what happened: pure."""
    done = {event.data["step"]: event.at for event in happened if event.name == "operation.step_done"}
    undone = {event.data["step"]: event.at for event in happened if event.name == "operation.step_undone"}
    turned = [event for event in happened if event.name == "operation.turned_back"]
    broke = turned[0].data["step"] if turned else None
    views: list[StepView] = []
    for index, title in enumerate(titles):
        ended = undone.get(index, done.get(index))
        state = _state(operation, index, index in done, index in undone, broke)
        views.append(StepView(title=title, state=state, ended_at=ended))
    return views


def _state(operation: Operation, index: int, done: bool, undone: bool, broke: int | None) -> str:
    if operation.phase is Phase.RUNNING and operation.step == index:
        return "undoing" if operation.turning_back else "running"
    if index == broke:
        return "failed"
    if undone:
        return "undone"
    return "done" if done else "waiting"


async def active(database: Database) -> list[Operation]:
    """Those that have not ended, oldest first."""
    return await database.read(operations.active)


async def last_event(database: Database) -> int:
    """The number of the newest event."""
    return await database.read(events.last)
