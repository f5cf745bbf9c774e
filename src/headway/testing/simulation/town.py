"""One simulation: nodes, a database, a world outside, those who ask, and what befalls them; all from one seed."""

import asyncio
import contextlib
import logging
import tempfile
import warnings
from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from headway.engine.declare import OperationType
from headway.model.operations import Phase
from headway.store.sqlite import Sqlite
from headway.testing.simulation import plays
from headway.testing.simulation.askers import Asker
from headway.testing.simulation.breach import Breach
from headway.testing.simulation.clocks import Dates, MachineClock
from headway.testing.simulation.line import Harbour
from headway.testing.simulation.loop import Loop
from headway.testing.simulation.mishaps import Mishaps
from headway.testing.simulation.nodes import Node, Plan
from headway.testing.simulation.stage import Place, Stage
from headway.testing.simulation.weather import Shares, Weather
from headway.testing.simulation.witness import Moment, Witness

RECOVERY_SECONDS = 400.0
"""After the last mishap everything has ended within this, of the simulation's own time."""
STORE = "the database"
OPERATIONS = 30
SECONDS = 30.0


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


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """Operation types of your own, to be simulated instead of those that the seed makes."""

    types: Mapping[str, OperationType[Any, Any]]
    ask: Callable[[Random], tuple[str, Any]]
    """The name of a type, and params for it."""
    world: Callable[[Node], Any]
    """What steps act on that a node performs; made each time that it comes up, sharing what must survive."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What a simulation is made of."""

    lines: tuple[str, ...]
    """The types, `play.0` and on, as `plays` reads them."""
    shared: tuple[bool, ...] = ()
    """Which of them do not hold their targets."""
    nodes: int = 2
    one_machine: bool = True
    """One clock for all; otherwise one each, and leases in the database's time."""
    fenced: bool = False
    """Whether the world outside refuses whoever comes with an old fence."""
    shuffled: bool = True
    each: float = 1.5
    """A mishap so often, in seconds."""
    shares: Shares = Shares()
    plan: Plan = Plan()


def drawn(random: Random) -> Setting:
    """A setting by chance."""
    some = random.choice([0.0, 0.0, 0.01, 0.05])
    amount = [random.choice([0.0, some]) for _ in range(6)]
    return Setting(
        lines=tuple(plays.lines(random)),
        shared=tuple(random.random() < 0.2 for _ in range(plays.TYPES)),
        nodes=random.randint(1, 3),
        one_machine=random.random() < 0.5,
        fenced=random.random() < 0.5,
        shuffled=random.random() < 0.75,
        each=random.choice([0.7, 1.5, 4.0]),
        shares=Shares(
            away=amount[0],
            lost=amount[1],
            full=amount[2],
            strange=amount[3] / 20,
            slow=amount[4],
            twice=amount[5] * 2,
            deaf=random.choice([0.0, 0.3]),
        ),
        plan=Plan(retention_seconds=random.choice([60.0, 600.0])),
    )


class Town:
    """Everything of one simulation, put together. What happens in it is up to a script."""

    def __init__(self, seed: int, setting: Setting, folder: Path, cast: Cast | None = None) -> None:
        self.seed = seed
        self.setting = setting
        self.loop = loop = Loop(Random(f"{seed} loop"), shuffled=setting.shuffled)
        self.dates = Dates(loop)
        self.clock = MachineClock(loop, self.dates, STORE)
        self.store = Sqlite(folder / "town.db", self.clock, slow_commit_seconds=float("inf"))
        self.types = cast.types if cast else played(setting)
        self.witness = Witness(
            loop,
            self.store,
            self.dates,
            self.types,
            lease_seconds=setting.plan.lease_seconds,
            retention_seconds=setting.plan.retention_seconds,
        )
        self.stage = Stage(loop, Random(f"{seed} stage"), self.witness, fenced=setting.fenced)
        self.weather = Weather(Random(f"{seed} weather"), setting.shares)
        self.stage.broken = self.weather.strange_ones
        dated = None if setting.one_machine else self.clock
        self.harbour = Harbour(loop, self.store, self.weather, self.witness, dated)
        self._cast = cast or Cast(types=self.types, ask=self._draw, world=self._place)
        self._own = cast is not None
        if self._own:
            self.witness.ended.clear()
        self.nodes = [self._node(f"node{n}") for n in range(1, setting.nodes + 1)]

    def _node(self, name: str) -> Node:
        clock = MachineClock(self.loop, self.dates, STORE if self.setting.one_machine else name)
        return Node(
            name,
            self.loop,
            self.harbour,
            clock,
            self.types,
            plan=self.setting.plan,
            witness=self.witness,
            world=self._cast.world,
        )

    def _place(self, node: Node) -> Place:
        return self.stage.place(node.process, node.clock)

    def _draw(self, random: Random) -> tuple[str, Any]:
        return random.choice(sorted(self.types)), plays.Asked(f"thing:{random.randrange(plays.TARGETS)}")

    async def open(self) -> None:
        """The database, ready for what types record."""
        await self.harbour.open()
        if not self._own:
            await self.store.write(plays.make_table)
            self.witness.records(plays.counted)

    async def live(self, operations: int, mishaps_seconds: float) -> None:
        """So many are asked for; things go wrong for so long; then everything must end."""
        await self.open()
        for name, line in zip(self.types, self.setting.lines, strict=False):
            self.witness.say("world", f"{name} is {line}")
        for node in self.nodes:
            node.start()
        mishaps = Mishaps(
            self.loop,
            Random(f"{self.seed} mishaps"),
            self.nodes,
            clock=self.clock,
            dates=self.dates,
            weather=self.weather,
            witness=self.witness,
        )
        tasks = [self.loop.create_task(self._ask(n, mishaps_seconds)) for n in range(operations)]
        await mishaps.come(mishaps_seconds, each=self.setting.each)
        await self.recover(tasks)

    async def _ask(self, number: int, seconds: float) -> None:
        random = Random(f"{self.seed} asker {number}")
        asker = Asker(number, random, self.nodes, self.clock, self.witness)
        await self.clock.sleep(random.uniform(0, seconds))
        name, params = self._cast.ask(random)
        await asker.wish(self.types[name], params, cancels=random.random() < 0.3, twice=random.random() < 0.3)

    async def recover(
        self, tasks: Sequence[asyncio.Task[Any]] = (), *, seconds: float = RECOVERY_SECONDS
    ) -> None:
        """Nothing goes wrong any more: everything ends in time, and then all is told."""
        end = self.loop.time() + seconds
        while self.loop.time() < end and not (all(task.done() for task in tasks) and self._all_ended()):
            await self.clock.sleep(1)
        for task in tasks:
            if task.done():
                task.result()
        # What was refused last is written down a moment later.
        await self.clock.sleep(5)
        self.witness.finish()
        self.witness.hold("everything-ends", all(task.done() for task in tasks), "an asker still waits")
        if not self._own:
            self.stage.check_end()

    def _all_ended(self) -> bool:
        return all(told.phase.terminal for told in self.witness.told.values())

    def bury(self) -> None:
        """Clear everything away."""
        self.stage.closed = self.witness.closed = True
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


def played(setting: Setting) -> dict[str, OperationType[Any, Any]]:
    """The types that the lines of a setting describe."""
    shared = (*setting.shared, *(False for _ in setting.lines))
    named = [(f"play.{n}", line, shared[n]) for n, line in enumerate(setting.lines)]
    return {name: plays.play(line, name, exclusive=not free) for name, line, free in named}


def simulate(
    seed: int, *, operations: int = OPERATIONS, seconds: float = SECONDS, cast: Cast | None = None
) -> Report:
    """Live through one seed: so many operations, and mishaps for `seconds` of its own time."""
    setting = drawn(Random(f"{seed} setting"))
    return perform(lambda town: town.live(operations, seconds), setting, seed=seed, cast=cast)


def perform(
    script: Callable[[Town], Coroutine[Any, Any, None]],
    setting: Setting,
    *,
    seed: int = 0,
    cast: Cast | None = None,
) -> Report:
    """Let a script happen in a town of its own. A breach is in the report; what else goes wrong is raised."""
    with _quiet(), tempfile.TemporaryDirectory(prefix="headway-simulation-", dir=memory()) as folder:
        town = Town(seed, setting, Path(folder), cast)
        breach: Breach | None = None
        try:
            town.loop.run_until_complete(script(town))
        except Breach as found:
            breach = found
        finally:
            report = town.report(breach)
            town.bury()
        return report


@contextlib.contextmanager
def _quiet() -> Generator[None]:
    """What the engine logs of troubles that are made on purpose is of no interest."""
    log = logging.getLogger("engine")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


def memory() -> str | None:
    """A folder that no disk slows down, where there is one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a folder of its own within
