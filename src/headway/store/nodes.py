"""Nodes as rows: who performs operations, and until when the others must believe that it lives."""

from typing import NamedTuple

from headway.store.database import Tx
from headway.store.sheets import sheet

SQL = sheet("nodes")


class Epoch(NamedTuple):
    """One life of a node, from its registration until another node or the next registration ends it."""

    node: int
    number: int


async def register(tx: Tx, name: str, now: int, lease: int, mark: int = 0) -> Epoch:
    """The number of the node with this name, and its new epoch. Times and `lease` in microseconds.

    `mark` is what its process holds while it lives, 0 where it holds nothing.
    """
    row = await tx.one(SQL["register"], name=name, now=now, lease=lease, mark=mark)
    assert row is not None
    return Epoch(int(row[0]), int(row[1]))


async def renew(tx: Tx, id: int, epoch: int, now: int, lease: int) -> bool:
    """Hold on to the lease; False where somebody has ended this epoch."""
    return bool(await tx.run(SQL["renew"], id=id, epoch=epoch, now=now, lease=lease))


async def lives(tx: Tx, id: int, epoch: int) -> bool:
    """Whether this epoch is not over: neither ended by another node nor by the next registration."""
    return await tx.one(SQL["lives"], id=id, epoch=epoch) is not None


async def lapsed(tx: Tx, me: int, now: int) -> bool:
    """Whether any other node has work and its lease is over."""
    return await tx.one(SQL["lapsed"], me=me, now=now) is not None


async def marked(tx: Tx, me: int) -> dict[int, Epoch]:
    """The other nodes that have work and hold a mark, by their mark."""
    return {int(mark): Epoch(int(id), int(epoch)) for mark, id, epoch in await tx.all(SQL["marked"], me=me)}


async def end(tx: Tx, epoch: Epoch) -> bool:
    """End the epoch of a node, whatever its lease says; False where it is over already."""
    return bool(await tx.run(SQL["end"], id=epoch.node, epoch=epoch.number))


async def expire(tx: Tx, me: int, now: int) -> list[int]:
    """End the epochs of other nodes whose lease is over and who had work; their numbers."""
    return [int(row[0]) for row in await tx.all(SQL["expire"], me=me, now=now)]


async def release(tx: Tx, id: int, epoch: int) -> None:
    """Leave the lease at once."""
    await tx.run(SQL["release"], id=id, epoch=epoch)
