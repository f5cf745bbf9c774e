"""Operations as anybody's part of the platform reads them; an account's own, told whole, are `stories`."""

from headway.errors import NotFound
from headway.ids import show
from headway.model.operations import Operation
from headway.store import events, operations
from headway.store.database import Database


async def get(database: Database, id: int) -> Operation:
    """The operation, or NotFound."""
    operation = await database.read(lambda tx: operations.get(tx, id))
    if operation is None:
        raise NotFound("operation", show(id))
    return operation


async def active(database: Database) -> list[Operation]:
    """Those that have not ended, oldest first."""
    return await database.read(operations.active)


async def last_event(database: Database) -> int:
    """The number of the newest event."""
    return await database.read(events.last)
