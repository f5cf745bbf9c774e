"""Files and folders as rows; their contents are blobs."""

import msgspec

from headway.errors import Conflict, Invalid, NotFound
from headway.ids import show
from headway.model.files import ROOT, TREE_MAX, File, Kind
from headway.store.database import Row, Tx
from headway.store.sheets import sheet

SQL = sheet("files")


def _file(row: Row) -> File:
    id, account_id, container_id, name, kind, *rest = row
    return File(id, account_id, container_id, name, Kind(kind), *rest)


async def insert(tx: Tx, *those: File) -> None:
    """Keep new ones, all in one statement."""
    await tx.run(SQL["insert"], rows=msgspec.json.encode(those).decode())


async def get(tx: Tx, account_id: int, id: int) -> File:
    """One of the account; NotFound, also where it is somebody else's."""
    row = await tx.one(SQL["get"], id=id)
    if row is None or row[1] != account_id:
        raise NotFound("file", show(id))
    return _file(row)


async def folder(tx: Tx, account_id: int, id: int) -> None:
    """Nothing, where this is a folder of the account, or the root. Invalid, naming `container`."""
    if id == ROOT:
        return
    row = await tx.one(SQL["get"], id=id)
    if row is None or row[1] != account_id or row[4] != Kind.FOLDER.value:
        raise Invalid(container="should be the id of a folder")


async def children(tx: Tx, account_id: int, container_id: int, after: int, count: int) -> list[File]:
    """What lies in a folder, oldest first, behind the id `after`."""
    rows = await tx.all(
        SQL["children"], account_id=account_id, container_id=container_id, after=after, count=count
    )
    return [_file(row) for row in rows]


async def of_operation(tx: Tx, operation_id: int, after: int, count: int) -> list[File]:
    """What a copy has made, behind the id `after`, each behind what it lies in."""
    rows = await tx.all(SQL["of_operation"], operation_id=operation_id, after=after, count=count)
    return [_file(row) for row in rows]


async def tree(tx: Tx, account_id: int, id: int) -> list[File]:
    """One of the account with everything in it, each behind what it lies in.

    NotFound; Conflict where there is more in it than is taken on at once.
    """
    await get(tx, account_id, id)
    rows = await tx.all(SQL["tree"], id=id, account_id=account_id, count=TREE_MAX + 1)
    if len(rows) > TREE_MAX:
        raise Conflict(f"there are more than {TREE_MAX} files in it")
    return [_file(row) for row in rows]


async def depth(tx: Tx, id: int) -> int:
    """How deep a folder lies; the root is at 0."""
    return 0 if id == ROOT else len(await tx.all(SQL["ancestors"], id=id))


async def used(tx: Tx, account_id: int) -> tuple[int, int]:
    """How many files an account has, and of how many bytes."""
    row = await tx.one(SQL["used"], account_id=account_id)
    assert row is not None
    return int(row[0]), int(row[1])


async def refers(tx: Tx, digest: str) -> bool:
    """Whether any file has this content."""
    return await tx.one(SQL["refers"], digest=digest) is not None


async def delete(tx: Tx, *ids: int) -> None:
    """Forget them, all in one statement."""
    await tx.run(SQL["delete"], ids=msgspec.json.encode(ids).decode())
