"""One operation of a type on trial, from its beginning to its end, with what befalls it.

A moment is a callback of the process that performs it: between two of them the process waits, and there it can be
killed. So every commit has a moment before it and one after it, and so has every await of a step.
"""

import contextlib
import re
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import msgspec

from headway.engine.declare import Step
from headway.errors import Conflict, NotFound
from headway.ids import Ids
from headway.model.operations import Operation, Phase
from headway.store import operations
from headway.testing.failing import failing_at
from headway.testing.simulation.askers import AWAY, TRIES_MAX
from headway.testing.simulation.loop import Restless
from headway.testing.simulation.nodes import Node, Plan
from headway.testing.simulation.town import RECOVERY_SECONDS, Cast, Setting, Town, memory, perform
from headway.testing.simulation.witness import Moment
from headway.testing.trial import Scene, Trial, asked, difference

BACK, ELSEWHERE, ZOMBIE = "", "x", "z"
"""After its process has died: it comes back soon; another node takes over; that, and it was only frozen, and wakes."""
TURNS_MAX = 300_000
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
    """Behind which moments something was committed."""
    doing: str
    """What it was at when its process died: `does “write the pages”`."""
    rule: str | None = None
    """Which rule was broken, if one was."""
    told: str = ""
    trace: list[Moment] = []


def live(trial: Trial[Any, Any], case: Case, wanted: Any = None) -> Life:
    """Live through a case; `wanted` is what is there after an undisturbed run, as far as that is known."""
    with tempfile.TemporaryDirectory(prefix="headway-trial-", dir=memory()) as folder:
        life = _Life(trial, case, wanted, Path(folder))
        cast = Cast(types={life.type.name: life.type}, ask=life.ask, world=life.world)
        setting = Setting(lines=(), shuffled=False, plan=Plan(retention_seconds=1e9))
        try:
            report = perform(life.script, setting, cast=cast)
        except Restless as restless:
            return life.told("everything-ends", f"it {life.at} and never waits: {restless}", [])
        told = report.told
        if report.breach == "everything-ends":
            told = f"after {report.seconds:.0f} s of its own time it still {life.at}"
        return life.told(report.breach, told, report.trace)


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
        town.loop.turns_max = town.loop.turns + TURNS_MAX
        operation = await self._first.call(lambda: self._first.submit(self.type, self._params))
        cancelling = self._strike(operation)
        await town.recover(cancelling, seconds=self._patience())
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

    def _patience(self) -> float:
        """So long everything may take together: each attempt its time, and each pause, there and back, twice."""
        each = [
            it.again.attempts_max * (it.seconds_max + it.again.pause_seconds_max) for it in self.type.steps
        ]
        return 4 * sum(each) + RECOVERY_SECONDS

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
        process = self._first.process
        process.fuse = _MANY
        self._armed = _MANY
        self._town.witness.looked.append(lambda: self._committed(operation.id))
        self._arm(sorted(coming, key=lambda it: it[0]))
        return tasks

    def _arm(self, coming: list[tuple[int, Callable[[], None]]]) -> None:
        process, passed = self._first.process, self._passed()
        if not coming:
            self._armed, process.fuse = passed + _MANY, _MANY
            process.blown = lambda: None
            return
        (moment, act), rest = coming[0], coming[1:]

        def blown() -> None:
            self._arm(rest)
            if not self._over:
                act()

        self._armed, process.fuse, process.blown = moment, max(1, moment - passed), blown

    def _committed(self, operation: int) -> None:
        if self._over:
            return
        self._commits.append(self._passed())
        self._over = self._town.witness.told[operation].phase.terminal
        if self._over and self._moments is None:
            self._moments = self._passed() + 1

    def _passed(self) -> int:
        """How many moments there have been."""
        return self._armed - self._first.process.fuse if self._moments is None else self._moments

    def _die(self) -> None:
        self._moments, self._doing = self._passed(), self.at
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
            node = self._first if self._first.up or not self._second.up else self._second
            try:
                await node.call(lambda node=node: node.cancel(id))
            except AWAY:
                await self._town.clock.sleep(0.5)
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
        hold("undo-works", code != "undo-failed", text)
        if operation.phase is Phase.FAILED and case.fails is None:
            hold("succeeds" if case.dies is None else "goes-on", holds=False, text=f"it failed: {text}")

    async def _check_as_told(self, scene: Scene, phase: Phase) -> None:
        if self._trial.check is None:
            return
        try:
            await asked(self._trial.check(self._trial.world(scene), self._params, phase))
        except AssertionError as wrong:
            text = f"{phase.name.lower()}: {wrong or 'it says no more'}"
            self._town.witness.hold("check", holds=False, text=text)
