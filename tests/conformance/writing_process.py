"""Writes for ever, and prints what has been acknowledged; for a test that kills it."""

import asyncio
import itertools
import os
import sys

from headway.model.operations import NewEvent
from headway.store.database import Entry, Tx
from tests.databases import of
from tests.rows import SQL


async def main(url: str) -> None:
    database = of(url)
    await database.open()
    numbers = itertools.count(2)

    async def bodies() -> None:
        for n in numbers:
            await database.write(lambda tx, n=n: _put(tx, n))
            os.write(1, b"body %d\n" % n)

    async def entries() -> None:
        for n in itertools.count():
            said = NewEvent(at=1, name="test.entry")
            await database.journal(Entry(query=SQL["up"], values={"id": 1}, events=(said,), touches=1))
            os.write(1, b"entry %d\n" % n)

    await asyncio.gather(*(bodies() for _ in range(8)), *(entries() for _ in range(4)))


async def _put(tx: Tx, n: int) -> None:
    await tx.run(SQL["put"], id=n, name=f"node-{n}", at=0)
    tx.append(NewEvent(at=1, name="test.body", target=str(n)))


asyncio.run(main(sys.argv[1]))
