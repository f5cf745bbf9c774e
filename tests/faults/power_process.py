"""An engine under load whose machine loses its power again and again: each time an image is made of what is left.

Arguments: a folder, `FULL` or `NORMAL`, a seed, how many cuts. Each `cut-N` holds the files as a power loss would have
left them in the middle of a write or before a sync, and in `known.json` what had been acknowledged by then.
"""

import asyncio
import random
import sys
from pathlib import Path
from typing import Any, cast

import msgspec

from headway.clock import SystemClock
from headway.store import sqlite
from headway.store.database import Database, Entry, Row, Tx
from tests.faults import shadow, work

APART_MAX = 120
SHARES = (0.0, 0.0, 0.5, 0.9)


class Known(msgspec.Struct):
    """What somebody was told, and relies on."""

    operations: list[int] = []
    steps: list[tuple[int, int]] = []
    ended: list[int] = []


class Acknowledging:
    """A database that remembers what it has acknowledged."""

    def __init__(self, database: Database) -> None:
        self.known = Known([], [], [])
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def journal(self, entry: Entry) -> Row | None:
        row = await self._database.journal(entry)
        for event in entry.events if row is not None else ():
            if event.name == "operation.step_done":
                assert event.operation
                self.known.steps.append((event.operation, event.data["step"]))
        return row


def catalog(known: Known) -> dict[str, Any]:
    """The work, which also tells that its end is on disk."""

    async def record(run: Any, tx: Tx) -> None:
        assert work.WORK.record
        await work.WORK.record(run, tx)
        tx.after_commit(lambda: known.ended.append(run.operation.id))

    return {work.WORK.name: msgspec.structs.replace(work.WORK, record=record)}


async def main(folder: Path, synchronous: str, seed: int, cuts: int) -> None:
    sqlite.PRAGMAS = (*sqlite.PRAGMAS, f"PRAGMA synchronous = {synchronous}")
    chance, shadows, done = random.Random(seed), shadow.Shadows(), asyncio.Event()
    loop = asyncio.get_running_loop()
    database = Acknowledging(sqlite.Sqlite(folder / "headway.db", SystemClock()))
    await database.open()
    engine = work.Engine(cast(Database, database), catalog=catalog(database.known))
    load = work.Load(engine)
    left, due = cuts, chance.randint(1, APART_MAX)

    def moment(_what: str) -> None:
        nonlocal left, due
        due -= 1
        if due or not left:
            return
        left, due = left - 1, chance.randint(1, APART_MAX)
        known = msgspec.structs.replace(database.known, operations=list(load.acknowledged.values()))
        told = msgspec.json.encode(known)
        place = folder / f"cut-{left}"
        shadows.left(place, chance, chance.choice(SHARES))
        (place / "known.json").write_bytes(told)
        if not left:
            loop.call_soon_threadsafe(done.set)

    async with engine.at_work(), load.running():
        await load.more(1)
        shadows.moment = moment
        await done.wait()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
