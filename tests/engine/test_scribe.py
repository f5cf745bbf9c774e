"""What is said in mid-step is on disk within a moment; what the step itself has taken along is not written again."""

import asyncio
from typing import Any

from headway.clock import SystemClock
from headway.engine.run import Live
from headway.engine.scribe import Scribe
from headway.store import operations
from headway.store.database import Database, Entry, Row
from tests.engine.plays import QuickClock, Stage, begun, play, writing_down


class Noted:
    """A database that tells what was written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.entries: asyncio.Queue[str] = asyncio.Queue()

    async def journal(self, entry: Entry) -> Row | None:
        row = await self._database.journal(entry)
        self.entries.put_nowait(entry.query.name)
        return row


async def speaker(database: Database, noted: Any, soon: Any, **changes: Any) -> Live[Any, Stage]:
    type = play("a")
    operation = await begun(database, type, **changes)
    return Live(Stage(), type, operation, database=noted, clock=SystemClock(), soon=soon)


async def test_what_is_said_in_mid_step_is_written_down_within_a_moment(database: Database) -> None:
    noted = Noted(database)
    async with writing_down(SystemClock()) as soon, asyncio.timeout(20):
        runs = [
            await speaker(database, noted, soon, id=id, target=f"thing:{id}", exclusive=False)
            for id in (1, 2)
        ]
        for run in runs * 2:
            run.say(f"it is {run.operation.id}")
        assert [await noted.entries.get() for _ in runs] == ["operations.say"] * 2
    for run in runs:
        id = run.operation.id
        (line,) = await database.read(lambda tx, wanted=id: operations.log_after(tx, wanted))
        assert line.text == f"it is {id}\n" * 2


async def test_what_the_step_has_taken_along_is_not_written_again(database: Database) -> None:
    noted, clock = Noted(database), QuickClock()
    scribe = Scribe(clock)
    run, other = [
        await speaker(database, noted, scribe.call, id=id, target=f"thing:{id}", exclusive=False)
        for id in (1, 2)
    ]
    run.say("said with the step")
    run.said(run.unsaid())
    other.say("said in between")
    serving = asyncio.ensure_future(scribe.serve())
    async with asyncio.timeout(20):
        assert await noted.entries.get() == "operations.say"
    serving.cancel()
    assert noted.entries.empty()
    assert await database.read(lambda tx: operations.log_after(tx, 1)) == []
