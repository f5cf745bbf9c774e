"""Nodes as rows: who performs operations, and until when the others must believe that it lives."""

from headway.store.database import Tx
from headway.store.sheets import sheet

SQL = sheet("nodes")


async def register(tx: Tx, name: str, now: int, lease: int) -> tuple[int, int]:
    """The number of the node with this name, and its new epoch. Times and `lease` in microseconds."""
    row = await tx.one(SQL["register"], name=name, now=now, lease=lease)
    assert row is not None
    return int(row[0]), int(row[1])


async def renew(tx: Tx, id: int, epoch: int, now: int, lease: int) -> bool:
    """Hold on to the lease; False where somebody has ended this epoch."""
    return bool(await tx.run(SQL["renew"], id=id, epoch=epoch, now=now, lease=lease))


async def expire(tx: Tx, me: int, now: int) -> list[int]:
    """End the epochs of other nodes whose lease is over and who had work; their numbers."""
    return [int(row[0]) for row in await tx.all(SQL["expire"], me=me, now=now)]


async def release(tx: Tx, id: int, epoch: int) -> None:
    """Leave the lease at once."""
    await tx.run(SQL["release"], id=id, epoch=epoch)
