"""Files as people see them, and where their contents are."""

from pathlib import Path

from headway.errors import NotFound
from headway.ids import show
from headway.model.files import Export, File, Kind
from headway.model.operations import Operation, Phase
from headway.store import exports, files, operations
from headway.store.blobs import Blobs
from headway.store.database import Database, Tx


async def get(database: Database, account_id: int, id: int) -> File:
    """One of the account; NotFound."""
    return await database.read(lambda tx: files.get(tx, account_id, id))


async def children(
    database: Database, account_id: int, container_id: int, after: int, count: int
) -> list[File]:
    """What lies in a folder, or at the root, behind the id `after`; Invalid where that is no folder."""

    async def body(tx: Tx) -> list[File]:
        await files.folder(tx, account_id, container_id)
        return await files.children(tx, account_id, container_id, after, count)

    return await database.read(body)


async def content(database: Database, blobs: Blobs, account_id: int, id: int) -> tuple[File, Path]:
    """A file and where its content is; NotFound, also for a folder."""
    file = await get(database, account_id, id)
    if file.kind is Kind.FOLDER:
        raise NotFound("content", show(id))
    return file, blobs.path(file.digest)


async def copied(
    database: Database, account_id: int, operation_id: int, after: int, count: int
) -> list[File]:
    """What a copy that succeeded has made, behind the id `after`; NotFound for any other operation."""

    async def body(tx: Tx) -> list[File]:
        await _done(tx, account_id, operation_id, "file.copy")
        return await files.of_operation(tx, operation_id, after, count)

    return await database.read(body)


async def exported(
    database: Database, blobs: Blobs, account_id: int, operation_id: int
) -> tuple[Export, Path]:
    """What an export that succeeded has made, and where it is; NotFound for any other operation."""

    async def body(tx: Tx) -> Export:
        await _done(tx, account_id, operation_id, "file.export")
        return await exports.get(tx, operation_id)

    it = await database.read(body)
    return it, blobs.path(it.digest)


async def _done(tx: Tx, account_id: int, id: int, type: str) -> Operation:
    it = await operations.get(tx, id)
    if it is None or it.account_id != account_id or it.type != type or it.phase is not Phase.SUCCEEDED:
        raise NotFound("operation", show(id))
    return it
