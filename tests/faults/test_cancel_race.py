"""A cancel and an end, a thousand times at the same moment: one outcome, and never `cancelled` while a process lives.

100 in the test command, or as many as `HEADWAY_RACES` says. Each operation runs a real process, which lives
until it is let go, at about the moment when the cancel comes.
"""

import asyncio
import contextlib
import os
import random
from collections import Counter, defaultdict
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
JITTER_SECONDS, STEP_SECONDS = 0.01, 0.005
ENDS = {"operation.succeeded", "operation.failed", "operation.cancelled"}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120 + RACES)]


class Processes:
    """Those of each operation: one lives until it is let go."""

    def __init__(self) -> None:
        self.of: dict[str, asyncio.subprocess.Process] = {}
        self.begun: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        """Set once there is one."""
        self._let: set[str] = set()

    async def run(self, run: Any) -> None:
        """One for the operation, to its end; whoever is stopped meanwhile ends it first."""
        target, pipe, nothing = run.params.target, asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec("cat", stdin=pipe, stdout=nothing)
        self.of[target] = process
        self.begun[target].set()
        if target in self._let:
            self.let(target)
        try:
            await process.wait()
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def undo(self, _run: Any) -> None:
        """Nothing is left of it."""

    def let(self, target: str) -> None:
        """It may end, or end as soon as it has begun."""
        self._let.add(target)
        if target in self.of:
            stdin = self.of[target].stdin
            assert stdin is not None
            stdin.close()

    def lives(self, target: str) -> bool:
        """Whether one does."""
        return target in self.of and self.of[target].returncode is None


class Odds:
    """Who is let go first, so that on this machine, as busy as it is, either may win: the loser, the next time."""

    def __init__(self) -> None:
        self._lead = 0.0
        """By how many seconds the cancel is ahead."""

    def starts(self) -> tuple[float, float]:
        """When the process is let go, and when the cancel is asked for."""
        return max(0.0, self._lead), max(0.0, -self._lead)

    def learn(self, phase: Phase) -> None:
        """It ended so."""
        way = 1 if phase is Phase.SUCCEEDED else -1
        faster = STEP_SECONDS if self._lead * way < 0 else abs(self._lead) / 2
        self._lead += way * max(STEP_SECONDS, faster)


class Race:
    """One operation, its end, and a wish to cancel it."""

    def __init__(self, engine: Engine, processes: Processes, odds: Odds, n: int) -> None:
        self.engine = engine
        self.processes = processes
        self.odds = odds
        self.target = f"thing:{n}"
        self.id = 0
        self._n = n
        self._chance = random.Random(n)

    async def run(self) -> Phase:
        """How it ended. Of four races one is won by the end, one by the cancel, and nobody knows who wins the others."""
        self.id = (await self.engine.submit(self.target)).id
        match self._n % 4:
            case 0:
                await self.processes.begun[self.target].wait()
                await self._cancel()
                expected = {Phase.CANCELLED}
            case 1:
                self.processes.let(self.target)
                await ended(self.engine, self.id, self.processes)
                await self._cancel()
                expected = {Phase.SUCCEEDED}
            case _:
                let, asked = self.odds.starts()
                await asyncio.gather(self._let_after(let), self._cancel_after(asked))
                expected = {Phase.SUCCEEDED, Phase.CANCELLED}
        phase = await ended(self.engine, self.id, self.processes)
        assert phase in expected
        if len(expected) > 1:
            self.odds.learn(phase)
        return phase

    async def _let_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds + self._chance.random() * JITTER_SECONDS)
        self.processes.let(self.target)

    async def _cancel_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds + self._chance.random() * JITTER_SECONDS)
        await self._cancel()

    async def _cancel(self) -> None:
        engine = self.engine
        with contextlib.suppress(Conflict):
            await engine.database.write(lambda tx: cancel(tx, self.id, by=BY, reason="", clock=engine.clock))
        engine.worker.look()


async def test_a_cancel_that_meets_an_end_has_one_outcome(database: Database, figures: Figures) -> None:
    processes, odds, outcomes = Processes(), Odds(), Counter[Phase]()
    step = Step(title="live for a moment", do=processes.run, undo=processes.undo)
    type = OperationType(name="test.work", params=Asked, target=lambda it: it.target, steps=(step,))
    engine = Engine(database, catalog={type.name: type})
    async with engine.at_work():
        for first in range(0, RACES, TOGETHER):
            together = range(first, min(first + TOGETHER, RACES))
            outcomes.update(await asyncio.gather(*(Race(engine, processes, odds, n).run() for n in together)))
    rows, known = await everything(database)
    check_all(known, set(rows))
    for id, history in by_operation(known).items():
        check(rows[id], history)
        assert sum(event.name in ENDS for event in history) == 1
    figures.say("cancel against success", races=RACES, **{it.name.lower(): n for it, n in outcomes.items()})
    assert sum(outcomes.values()) == RACES
    assert min(outcomes[Phase.SUCCEEDED], outcomes[Phase.CANCELLED]) >= RACES // 4


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
