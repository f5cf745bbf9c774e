"""A cancel and an end, a thousand times at the same moment: one outcome, and never `cancelled` while a process lives.

100 in the test command, or as many as `HEADWAY_RACES` says. Each operation runs a real process, which lives for about
as long as it takes for the cancel to come.
"""

import asyncio
import contextlib
import os
import random
from collections import Counter
from typing import Any

import pytest

from headway.engine.cancel import cancel
from headway.engine.declare import OperationType, Step
from headway.errors import Conflict
from headway.model.operations import Phase
from headway.store import operations
from headway.store.database import Database
from tests.engine.folding import by_operation, check, check_all
from tests.faults.figures import Figures
from tests.faults.work import BY, Asked, Engine, everything

RACES = int(os.environ.get("HEADWAY_RACES", "100"))
TOGETHER = 10
ENDS = {"operation.succeeded", "operation.failed", "operation.cancelled"}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120 + RACES)]


class Processes:
    """Those of each operation that live."""

    def __init__(self) -> None:
        self.of: dict[str, asyncio.subprocess.Process] = {}

    async def run(self, run: Any) -> None:
        """One for the operation, to its end; whoever is stopped meanwhile ends it first."""
        process = await asyncio.create_subprocess_exec(
            "sleep", f"{random.Random(run.params.target).random() / 15}"
        )
        self.of[run.params.target] = process
        try:
            await process.wait()
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def undo(self, _run: Any) -> None:
        """Nothing is left of it."""

    def lives(self, target: str) -> bool:
        """Whether one does."""
        return target in self.of and self.of[target].returncode is None


async def test_a_cancel_that_meets_an_end_has_one_outcome(database: Database, figures: Figures) -> None:
    processes, outcomes = Processes(), Counter[Phase]()
    step = Step(title="live for a moment", do=processes.run, undo=processes.undo)
    type = OperationType(name="test.work", params=Asked, target=lambda it: it.target, steps=(step,))
    engine = Engine(database, catalog={type.name: type})

    async def race(n: int) -> None:
        chance, target = random.Random(n), f"thing:{n}"
        id = (await engine.submit(target)).id
        await asyncio.sleep(chance.random() / 15)
        with contextlib.suppress(Conflict):
            await database.write(lambda tx: cancel(tx, id, by=BY, reason="", clock=engine.clock))
        engine.worker.look()
        outcomes[await ended(engine, id, processes)] += 1

    async with engine.at_work():
        for first in range(0, RACES, TOGETHER):
            await asyncio.gather(*(race(n) for n in range(first, min(first + TOGETHER, RACES))))
    rows, known = await everything(database)
    check_all(known, set(rows))
    for id, history in by_operation(known).items():
        check(rows[id], history)
        assert sum(event.name in ENDS for event in history) == 1
    figures.say("cancel against success", races=RACES, **{it.name.lower(): n for it, n in outcomes.items()})
    assert sum(outcomes.values()) == RACES
    assert set(outcomes) == {Phase.SUCCEEDED, Phase.CANCELLED}, "the race was none"


async def ended(engine: Engine, id: int, processes: Processes) -> Phase:
    """How it ended; at the moment when that can first be read, no process of it lives."""
    changed = asyncio.Event()
    end = engine.database.listen(lambda _: changed.set())
    try:
        async with asyncio.timeout(100):
            while True:
                changed.clear()
                it = await engine.database.read(lambda tx: operations.get(tx, id))
                if it is not None and it.phase.terminal:
                    assert not processes.lives(it.target)
                    return it.phase
                await changed.wait()
    finally:
        end()
