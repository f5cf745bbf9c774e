"""One simulation: nodes, a database, a world outside, those who ask, and what befalls them; all from one seed."""

import contextlib
import logging
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from headway.model.operations import Phase
from headway.store.sqlite import Sqlite
from headway.testing.simulation import plays
from headway.testing.simulation.askers import Asker
from headway.testing.simulation.breach import Breach
from headway.testing.simulation.clocks import Dates, MachineClock
from headway.testing.simulation.loop import Loop, Process
from headway.testing.simulation.mishaps import Mishaps
from headway.testing.simulation.nodes import Node, Plan
from headway.testing.simulation.stage import Stage
from headway.testing.simulation.weather import Shares, Weather
from headway.testing.simulation.wire import Harbour
from headway.testing.simulation.witness import Moment, Witness

RECOVERY_SECONDS = 400.0
"""After the last mishap everything has ended within this, of the simulation's own time."""
STORE = "the database"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What one seed has shown."""

    seed: int
    events: int
    operations: int
    outcomes: dict[str, int]
    seconds: float
    """Of the simulation's own time."""
    digest: str
    """Stands for everything that happened: the same seed, the same digest."""
    breach: str | None = None
    """The invariant that did not hold, if one did not."""
    told: str = ""
    trace: list[Moment] = []


class Town:
    """Everything of one simulation, put together."""

    def __init__(self, seed: int, folder: Path, *, plan: Plan | None = None) -> None:
        self.seed = seed
        self.random = Random(f"{seed} town")
        self.loop = loop = Loop(Random(f"{seed} loop"), shuffled=bool(self.random.randrange(4)))
        self.dates = Dates(loop)
        self.one_machine = self.random.random() < 0.5
        self.plan = plan or Plan(retention_seconds=self.random.choice([60.0, 600.0]))
        self.clock = MachineClock(loop, self.dates, STORE)
        self.store = Sqlite(folder / "town.db", self.clock, slow_commit_seconds=float("inf"))
        self.lines = {f"play.{n}": line for n, line in enumerate(plays.lines(self.random))}
        self.types = {
            name: plays.play(line, name, exclusive=self.random.random() < 0.8)
            for name, line in self.lines.items()
        }
        self.witness = Witness(
            loop,
            self.store,
            self.dates,
            self.types,
            lease_seconds=self.plan.lease_seconds,
            retention_seconds=self.plan.retention_seconds,
        )
        self.stage = Stage(loop, Random(f"{seed} stage"), self.witness, fenced=self.random.random() < 0.5)
        self.weather = Weather(Random(f"{seed} weather"), self._shares())
        self.harbour = Harbour(
            loop, self.store, self.weather, self.witness, None if self.one_machine else self.clock
        )
        self.nodes = [self._node(f"node{n}") for n in range(1, self.random.randint(2, 4))]

    def _shares(self) -> Shares:
        some = self.random.choice([0.0, 0.0, 0.01, 0.05])
        pick = lambda: self.random.choice([0.0, some])  # noqa: E731
        return Shares(
            away=pick(),
            lost=pick(),
            full=pick(),
            strange=pick() / 20,
            slow=pick(),
            twice=pick() * 2,
            deaf=self.random.choice([0.0, 0.3]),
        )

    def _node(self, name: str) -> Node:
        machine = STORE if self.one_machine else name
        return Node(
            name,
            self.loop,
            self.harbour,
            MachineClock(self.loop, self.dates, machine),
            self.types,
            plan=self.plan,
            witness=self.witness,
            world=self._world,
        )

    def _world(self, process: Process, clock: MachineClock) -> Any:
        return self.stage.place(process, clock)

    async def open(self) -> None:
        """The database, ready for what types record."""
        await self.harbour.open()
        await self.store.write(plays.make_table)
        self.witness.records(plays.counted)

    async def live(self, asked: int, mishaps_seconds: float) -> None:
        """So many ask; things go wrong for so long; then everything must end."""
        await self.open()
        for node in self.nodes:
            node.start()
        for name, line in self.lines.items():
            self.witness.say("world", f"{name} is {line}")
        mishaps = Mishaps(
            self.loop,
            Random(f"{self.seed} mishaps"),
            self.nodes,
            clock=self.clock,
            dates=self.dates,
            weather=self.weather,
            witness=self.witness,
        )
        tasks = [self.loop.create_task(self._ask(n, mishaps_seconds)) for n in range(asked)]
        await mishaps.come(mishaps_seconds, each=self.random.choice([0.7, 1.5, 4.0]))
        await self._end(tasks)

    async def _ask(self, number: int, seconds: float) -> None:
        random = Random(f"{self.seed} asker {number}")
        asker = Asker(number, random, self.nodes, self.clock, self.witness)
        await self.clock.sleep(random.uniform(0, seconds))
        name = random.choice(sorted(self.types))
        await asker.wish(
            self.types[name],
            plays.Asked(f"thing:{random.randrange(plays.TARGETS)}"),
            cancels=random.random() < 0.3,
            twice=random.random() < 0.3,
        )

    async def _end(self, tasks: list[Any]) -> None:
        end = self.loop.time() + RECOVERY_SECONDS
        while self.loop.time() < end and not (all(task.done() for task in tasks) and self._all_ended()):
            await self.clock.sleep(1)
        for task in tasks:
            if task.done():
                task.result()
        # What was refused last is written down a moment later.
        await self.clock.sleep(5)
        self.witness.finish()
        self.witness.hold("everything-ends", all(task.done() for task in tasks), "an asker still waits")
        self.stage.check_end()

    def _all_ended(self) -> bool:
        return all(told.phase.terminal for told in self.witness.told.values())

    def bury(self) -> None:
        """Clear everything away."""
        self.stage.closed = True
        for node in self.nodes:
            node.cut_wires()
        with warnings.catch_warnings():
            # What the dead would still have begun is not awaited by anybody.
            warnings.simplefilter("ignore", RuntimeWarning)
            self.loop.bury()

    def report(self, breach: Breach | None) -> Report:
        """What it has shown so far."""
        phases = [told.phase for told in self.witness.told.values()]
        return Report(
            seed=self.seed,
            events=self.witness.events,
            operations=len(phases),
            outcomes={phase.name.lower(): phases.count(phase) for phase in Phase if phase in phases},
            seconds=self.loop.time(),
            digest=self.witness.digest,
            breach=breach and breach.invariant,
            told=breach.text if breach else "",
            trace=self.witness.trace,
        )


def simulate(seed: int, *, asked: int = 30, seconds: float = 30.0) -> Report:
    """Live through one seed: `asked` operations, and mishaps for `seconds` of its own time."""
    with _quiet(), tempfile.TemporaryDirectory(prefix="headway-simulation-", dir=_memory()) as folder:
        town = Town(seed, Path(folder))
        breach: Breach | None = None
        try:
            town.loop.run_until_complete(town.live(asked, seconds))
        except Breach as found:
            breach = found
        finally:
            report = town.report(breach)
            town.bury()
        return report


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What the engine logs of troubles that are made on purpose is of no interest."""
    log = logging.getLogger("engine")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


def _memory() -> str | None:
    """A folder that no disk slows down, where there is one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a folder of its own within
