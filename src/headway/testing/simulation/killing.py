"""One operation of a type on trial, from its beginning to its end, with what befalls it.

Its process can only be killed while it waits. So each of its callbacks, each await of a step that is, has two moments: an
odd one, before it runs, when whatever it waited for has happened; and an even one, when it has just run, and what it has sent
to the database never arrives. Each commit, therefore, has a moment right before it and one right after it.
"""

import contextlib
import re
import signal
import tempfile
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import msgspec

from headway.clock import SECOND
from headway.engine.declare import Step
from headway.errors import Conflict, NotFound
from headway.ids import Ids
from headway.model.operations import Operation, Phase
from headway.store import operations
from headway.testing.failing import failing_at
from headway.testing.fuse import PowerCut
from headway.testing.simulation.askers import AWAY, TRIES_MAX
from headway.testing.simulation.breach import Breach
from headway.testing.simulation.loop import Restless
from headway.testing.simulation.nodes import Node, Plan
from headway.testing.simulation.town import RECOVERY_SECONDS, Cast, Setting, Town, memory, perform
from headway.testing.simulation.weather import Shares
from headway.testing.simulation.witness import Moment
from headway.testing.trial import Scene, Trial, asked, difference

BACK, ELSEWHERE, ZOMBIE = "", "x", "z"
"""After its process has died: it comes back soon; another node takes over; that, and it was only frozen, and wakes."""
TURNS_AT_ONCE_MAX = 20_000
CPU_SECONDS = 20.0
QUIET_SECONDS = 60.0
BACK_SECONDS, FROZEN_SECONDS = 1.0, 30.0
_MANY = 1 << 60
_CASE = re.compile(r"(?:a(\d+))?(?:f(\d+))?(?:c(\d+))?(?:k(\d+)([xz]?))?")


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What befalls an operation. As text it is the seed by which that is lived through again: `f2k41x`."""

    ask: int = 0
    """Which of what the trial asks."""
    fails: int | None = None
    """The step, from 1, that does its work and then fails."""
    cancels: int | None = None
    """The moment at which somebody wants it cancelled."""
    dies: int | None = None
    """The moment at which its process dies."""
    then: str = BACK

    def __str__(self) -> str:
        parts = (("a", self.ask or None), ("f", self.fails), ("c", self.cancels), ("k", self.dies))
        return "".join(f"{letter}{n}" for letter, n in parts if n is not None) + self.then or "a0"


def case_of(seed: str) -> Case:
    """The case of a seed; ValueError where it is none."""
    found = _CASE.fullmatch(seed)
    if found is None or not seed:
        raise ValueError(f"{seed} is no seed of a trial: they look like c12k41x")
    ask, fails, cancels, dies = (None if it is None else int(it) for it in found.groups()[:4])
    return Case(ask=ask or 0, fails=fails, cancels=cancels, dies=dies, then=found[5] or BACK)


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it."""

    case: Case
    left: Any
    """What was there at the end."""
    moments: int
    """How many there were, until its first process died or it ended."""
    commits: tuple[int, ...]
    """Between which moments, these and the next ones, something was committed."""
    doing: str
    """What it was at when its process died: `does “write the pages”`."""
    rule: str | None = None
    """Which rule was broken, if one was."""
    told: str = ""
    trace: list[Moment] = []


def live(trial: Trial[Any, Any], case: Case, wanted: Any = None, *, cpu_seconds: float = CPU_SECONDS) -> Life:
    """Live through a case; `wanted` is what is there after an undisturbed run, as far as that is known.

    In the main thread one that does not give back the loop for `cpu_seconds` is ended.
    """
    with tempfile.TemporaryDirectory(prefix="headway-trial-", dir=memory()) as folder:
        life = _Life(trial, case, wanted, Path(folder))
        cast = Cast(types={life.type.name: life.type}, ask=life.ask, world=life.world)
        setting = Setting(
            lines=(), shuffled=False, shares=Shares(outlives=0), plan=Plan(retention_seconds=1e9)
        )
        try:
            with _watched_over(life.stuck, cpu_seconds):
                report = perform(life.script, setting, cast=cast)
        except Restless as restless:
            return life.told("everything-ends", f"it {life.at} and never waits: {restless}", [])
        told = report.told
        if report.breach == "everything-ends" and not told.startswith("it "):
            told = f"after {report.seconds:.0f} s of its own time it still {life.at}"
        return life.told(report.breach, told, report.trace)


@contextlib.contextmanager
def _watched_over(stuck: Callable[[], None], cpu_seconds: float) -> Generator[None]:
    """Call `stuck` in the midst of what uses up so much time of the processor."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupted(_number: int, _frame: object) -> None:
        stuck()

    before = signal.signal(signal.SIGPROF, interrupted)
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


class _Life:
    """One case, while it lasts."""

    def __init__(self, trial: Trial[Any, Any], case: Case, wanted: Any, folder: Path) -> None:
        self._trial = trial
        self._case = case
        self._wanted = wanted
        self._folder = folder
        type = trial.type if case.fails is None else failing_at(trial.type, case.fails - 1)
        self.type = msgspec.structs.replace(type, steps=tuple(map(self._watched, type.steps)))
        self._params = trial.asks[case.ask]
        self.at = "waits to be begun"
        self._left: Any = None
        self._commits: list[int] = []
        self._doing = ""
        self._armed = 0
        self._moments: int | None = None
        self._over = False
        """Whether it has ended: what comes later is not told of it."""

    def told(self, rule: str | None, text: str, trace: list[Moment]) -> Life:
        """What is to be told of it."""
        return Life(
            case=self._case,
            left=self._left,
            moments=self._moments or 0,
            commits=tuple(self._commits),
            doing=self._doing,
            rule=rule,
            told=text,
            trace=trace,
        )

    def stuck(self) -> None:
        """It does not give back the loop: end it here."""
        breach = Breach("everything-ends", f"it {self.at} and never waits, so nothing else can happen")
        self._town.loop.broken = self._town.loop.broken or breach
        raise PowerCut("stuck")

    # -- what is asked -------------------------------------------------------------------------------------

    def ask(self, _: object) -> tuple[str, Any]:
        """The type, and params for it."""
        return self.type.name, self._params

    def world(self, node: Node) -> Any:
        """What steps find that this node performs."""
        return self._trial.world(
            Scene(folder=self._folder, clock=node.clock, ids=node.ids, database=node.database, desk=node.desk)
        )

    def _watched(self, step: Step) -> Step:
        """The same, and it is known when it is at work."""

        async def do(run: Any) -> dict[str, Any] | None:
            with self._working(f"does “{step.title}”"):
                note = await step.do(run)
            self._check_note(step.title, note)
            return note

        async def undo(run: Any) -> None:
            assert step.undo is not None
            with self._working(f"undoes “{step.title}”"):
                await step.undo(run)

        return msgspec.structs.replace(step, do=do, undo=None if step.undo is None else undo)

    @contextlib.contextmanager
    def _working(self, at: str) -> Generator[None]:
        self.at = at
        self._town.witness.say("step", at)
        yield
        self.at = "is between two steps"

    def _check_note(self, title: str, note: Any) -> None:
        try:
            msgspec.json.encode(note)
        except (TypeError, ValueError) as error:
            self._town.witness.hold(
                "note-kept", holds=False, text=f"“{title}” returns what no JSON is: {error}"
            )

    # -- what happens --------------------------------------------------------------------------------------

    async def script(self, town: Town) -> None:
        """From its beginning to its end."""
        self._town = town
        self._first, self._second = town.nodes
        await town.open()
        await self._start()
        scene = self._outside()
        await asked(self._trial.before(scene) if self._trial.before else None)
        before = await asked(self._trial.look(scene))
        self._check_params()
        town.loop.turns_at_once_max = TURNS_AT_ONCE_MAX
        operation = await self._first.call(lambda: self._first.submit(self.type, self._params))
        cancelling = self._strike(operation)
        await self._until_quiet(operation.id)
        await town.recover(cancelling, seconds=RECOVERY_SECONDS if self._over else 0)
        await self._check_end(await town.store.read(lambda tx: operations.get(tx, operation.id)), before)

    async def _start(self) -> None:
        self._first.start()
        if self._case.then in {ELSEWHERE, ZOMBIE}:
            self._second.start()
        while not self._first.ready.is_set():
            await self._town.clock.sleep(0.01)

    def _outside(self) -> Scene:
        """What those find who look at it from outside."""
        town = self._town
        return Scene(
            folder=self._folder,
            clock=town.clock,
            ids=Ids(town.clock, 255),
            database=town.store,
            desk=self._first.desk,
        )

    async def _until_quiet(self, id: int) -> None:
        """Return when it has ended, or when for longer than any attempt and pause may take nothing has happened to it."""
        town = self._town
        longest = max((it.seconds_max + it.again.pause_seconds_max for it in self.type.steps), default=0)
        patience = int((longest + QUIET_SECONDS) * SECOND)
        while not self._over and town.clock.now() - town.witness.told[id].updated_at < patience:
            await town.clock.sleep(1)
        while self._first.process.frozen:
            await town.clock.sleep(1)

    # -- what befalls it -----------------------------------------------------------------------------------

    def _strike(self, operation: Operation) -> list[Any]:
        """Let happen what is to happen, at its moments; tasks that must end, too."""
        case, tasks = self._case, list[Any]()

        def cancels() -> None:
            context = self._town.loop.outside.context
            tasks.append(self._town.loop.create_task(self._cancel(operation.id), context=context))

        coming = [
            (at, act) for at, act in ((case.cancels, cancels), (case.dies, self._die)) if at is not None
        ]
        self._first.process.fuse = self._armed = _MANY
        self._town.witness.looked.append(lambda: self._committed(operation.id))
        self._arm(sorted(coming, key=lambda it: it[0]))
        return tasks

    def _arm(self, coming: list[tuple[int, Callable[[], None]]]) -> None:
        process, passed = self._first.process, self._passed()
        if not coming:
            self._armed, process.fuse, process.blown = passed + _MANY, _MANY, lambda: None
            return
        (moment, act), rest = coming[0], coming[1:]

        def blown() -> None:
            self._arm(rest)
            if moment % 2:
                self._befall(act)
            else:
                loop = self._town.loop
                loop.call_soon(self._befall, act, context=loop.outside.context)

        self._armed = max(passed + 1, (moment + 1) // 2)
        process.fuse, process.blown = self._armed - passed, blown

    def _befall(self, act: Callable[[], None]) -> None:
        if not self._over:
            act()

    def _committed(self, operation: int) -> None:
        if self._over:
            return
        self._over = self._town.witness.told[operation].phase.terminal
        if self._moments is None:
            self._commits.append(2 * self._passed())
            self._moments = 2 * self._passed() + 1 if self._over else None

    def _passed(self) -> int:
        """How many callbacks have run, or were to."""
        return self._armed - self._first.process.fuse

    def _die(self) -> None:
        self._moments, self._doing = self._case.dies, self.at
        loop, context = self._town.loop, self._town.loop.outside.context
        self.at = "waits to be gone on with"
        if self._case.then == ZOMBIE:
            self._first.freeze()
            loop.call_later(FROZEN_SECONDS, self._first.wake, context=context)
            return
        self._first.kill()
        if self._case.then == BACK:
            loop.call_later(BACK_SECONDS, self._first.start, context=context)

    async def _cancel(self, id: int) -> None:
        for _ in range(TRIES_MAX):
            node = self._second if self._first.process.frozen or not self._first.up else self._first
            try:
                await node.call(lambda node=node: node.cancel(id), seconds=2)
            except AWAY:
                await self._town.clock.sleep(0.1)
            except (Conflict, NotFound):
                return
            else:
                return

    # -- what must be true ---------------------------------------------------------------------------------

    def _check_params(self) -> None:
        hold, type, params = self._town.witness.hold, self.type, self._params
        try:
            again = msgspec.json.decode(msgspec.json.encode(params), type=type.params)
        except (TypeError, ValueError) as error:
            hold("params-kept", holds=False, text=f"{params!r}: {error}")
        else:
            text = f"{params!r} comes back as {again!r}"
            hold("params-kept", again == params and type.target(again) == type.target(params), text)

    async def _check_end(self, operation: Operation | None, before: Any) -> None:
        assert operation is not None
        scene, phase = self._outside(), operation.phase
        self._left = left = await asked(self._trial.look(scene))
        self._check_outcome(operation)
        hold = self._town.witness.hold
        if phase is not Phase.SUCCEEDED:
            hold("undone", left == before, f"{phase.name.lower()}: {difference(left, before)}")
        elif self._wanted is not None:
            hold("done-alike", left == self._wanted, difference(left, self._wanted))
        await self._check_as_told(scene, phase)

    def _check_outcome(self, operation: Operation) -> None:
        hold, case = self._town.witness.hold, self._case
        code, text = ("", "") if operation.detail is None else (operation.detail.code, operation.detail.text)
        failed = operation.phase is Phase.FAILED
        hold("succeeds", not failed or case != Case(ask=case.ask), f"it failed: {text}")
        hold("undo-works", code != "undo-failed", text)
        hold("goes-on", not failed or case.fails is not None, f"it failed: {text}")

    async def _check_as_told(self, scene: Scene, phase: Phase) -> None:
        if self._trial.check is None:
            return
        try:
            await asked(self._trial.check(self._trial.world(scene), self._params, phase))
        except AssertionError as wrong:
            text = f"{phase.name.lower()}: {wrong or 'it says no more'}"
            self._town.witness.hold("check", holds=False, text=text)
