"""Batches as rows: chunks of objects, and what came of each."""

from typing import Any

import msgspec

from headway.model.batches import Chunk
from headway.store.database import Tx
from headway.store.sheets import sheet

SQL = sheet("batches")


async def insert(tx: Tx, operation: int, n: int, items: str) -> None:
    """Keep a chunk of what was sent: a JSON list."""
    await tx.run(SQL["insert"], operation=operation, n=n, items=items)


async def get(tx: Tx, operation: int, n: int) -> Chunk | None:
    """One chunk."""
    row = await tx.one(SQL["get"], operation=operation, n=n)
    return None if row is None else Chunk(*row)


async def of_operation(tx: Tx, operation: int) -> list[Chunk]:
    """All chunks, in order."""
    return [Chunk(*row) for row in await tx.all(SQL["of_operation"], operation=operation)]


async def found_wrong(tx: Tx, operation: int, n: int, wrong: Any) -> None:
    """What is wrong with which objects of a chunk."""
    text = msgspec.json.encode(wrong).decode()
    await tx.run(SQL["found_wrong"], operation=operation, n=n, wrong=text)


async def made(tx: Tx, operation: int, n: int, ids: list[int]) -> bool:
    """What the objects of a chunk have become; False where that is known already."""
    text = msgspec.json.encode(ids).decode()
    return await tx.run(SQL["made"], operation=operation, n=n, made=text) > 0


async def unmake(tx: Tx, operation: int) -> None:
    """Nothing has become of any of them."""
    await tx.run(SQL["unmake"], operation=operation)
