"""The world outside that simulated steps act on: it keeps who acts, with which fence, and what of it lasts.

One stage for all processes; each process acts through a `Place` of its own. Every act that touches the world is held
against what its process can know. A stage that is `fenced` refuses whoever comes with an older fence than it has seen,
as a careful service would; one that is not shows what a zombie can do.
"""

import contextlib
from collections import Counter, defaultdict
from collections.abc import Collection, Generator
from random import Random
from typing import Any

import msgspec

from headway.clock import Clock
from headway.errors import Fenced
from headway.ids import show
from headway.model.operations import Phase
from headway.store import operations
from headway.testing.simulation.history import Told
from headway.testing.simulation.loop import Loop, Process
from headway.testing.simulation.witness import Witness


class Act(msgspec.Struct, frozen=True, eq=False):
    """Somebody performs a step, forward or back."""

    process: Process
    operation: int
    fence: int
    step: str
    back: bool
    begun: float


class Stage:
    """The one world outside."""

    def __init__(self, loop: Loop, random: Random, witness: Witness, *, fenced: bool) -> None:
        self._loop = loop
        self.random = random
        self.witness = witness
        self._fenced = fenced
        self._seen: defaultdict[int, int] = defaultdict(int)
        """The highest fence that came, by operation."""
        self._acting: defaultdict[int, list[Act]] = defaultdict(list)
        self._effects: defaultdict[int, set[str]] = defaultdict(set)
        self._spoiled: set[int] = set()
        """Operations for which a zombie acted that could not know better."""
        self._due: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
        self.counts: Counter[tuple[int, str]] = Counter()
        self.broken: Collection[str] = ()
        """Processes that met what nobody foresaw: a worker may break by that, and then its steps are stopped."""
        self.closed = False
        witness.ended.append(self._ended)
        witness.stepped.append(self._stepped)

    def place(self, process: Process, clock: Clock) -> "Place":
        """Where a process acts from."""
        return Place(self, process, clock)

    def begin(self, act: Act) -> None:
        """An attempt begins: nobody may that has lost its operation, and is sure of its lease."""
        told = self.witness.told[act.operation]
        if act.fence < told.fence:
            sure = self.witness.standing.sure(act.process)
            text = f"begins {act.step} with fence {act.fence} after {told.fence}"
            self.witness.hold("one-performer-acts", not sure, text)
        elif not act.back:
            known = told.cancel_known and not told.turning_back
            self.witness.hold("cancel-starts-nothing", not known, f"{show(told.id)} begins {act.step}")
        self._acting[act.operation].append(act)

    def end(self, act: Act) -> None:
        """The attempt is over."""
        self._acting[act.operation].remove(act)

    def touch(self, act: Act, *, lasts: bool = True) -> None:
        """The world is changed. Fenced where it knows that the act is stale."""
        if self.closed:
            return
        if self._fenced and act.fence < self._seen[act.operation]:
            self.witness.say(act.process.name, f"{show(act.operation)} {act.step} is refused outside")
            raise Fenced("outside")
        self._seen[act.operation] = max(act.fence, self._seen[act.operation])
        told = self.witness.told[act.operation]
        if act.fence < told.fence:
            self._stale(act, told)
        if act.back or not lasts:
            self._effects[act.operation].discard(act.step)
        else:
            self._effects[act.operation].add(act.step)

    def _stale(self, act: Act, told: Told) -> None:
        standing = self.witness.standing
        knows = standing.sure(act.process) and standing.holds(act.process)
        text = f"{act.step} with fence {act.fence} after {told.fence}"
        self.witness.hold("one-performer-acts", not knows, text)
        self.witness.say(act.process.name, f"{show(told.id)} {act.step} as a zombie")
        self._spoiled.add(told.id)

    def whole(self, act: Act) -> bool:
        """Whether somebody has a reason to stop even what is not interruptible."""
        standing = self.witness.standing
        name = act.process.name
        stops = name in standing.dropping or name in self.broken or not act.process.alive or self.closed
        return stops or not standing.sure(act.process)

    # -- the end -------------------------------------------------------------------------------------------

    def _ended(self, told: Told) -> None:
        acting = [it for it in self._acting[told.id] if it.process.alive and it.fence >= told.fence]
        self.witness.hold("ended-is-quiet", not acting, f"{show(told.id)}: {[it.step for it in acting]}")
        if told.id not in self._spoiled or self._fenced:
            self._check_effects(told)

    def _check_effects(self, told: Told) -> None:
        effects = self._effects[told.id]
        if told.phase is Phase.SUCCEEDED:
            wanted = lasting(self.witness.types[told.type])
            self.witness.hold("outcome-is-true", effects == wanted, f"succeeded with {sorted(effects)}")
        elif told.detail is None or told.detail.code != "undo-failed":
            self.witness.hold("outcome-is-true", not effects, f"{told.phase.name} with {sorted(effects)}")

    def check_end(self) -> None:
        """Nothing has moved since."""
        for told in self.witness.told.values():
            if told.phase.terminal:
                self._ended(told)

    # -- what is said --------------------------------------------------------------------------------------

    def said(self, act: Act, lines: list[str]) -> None:
        """The attempt has ended well, and these lines are due before it is recorded."""
        self._due[act.operation, act.fence] += lines

    def _stepped(self, told: Told, fence: int) -> None:
        due = self._due.pop((told.id, fence), [])
        kept = self.witness.now(lambda tx: operations.log_after(tx, told.id)) if due else []
        text = "".join(line.text for line in kept).split("\n")
        missing = [line for line in due if line not in text]
        self.witness.hold("log-before-step", not missing, f"{show(told.id)} without {missing}")
        numbers = [line.n for line in kept]
        self.witness.hold("log-without-gap", numbers == [*range(1, len(numbers) + 1)], f"{numbers}")


def lasting(type: Any) -> set[str]:
    """The steps of a type whose effect is there when it has succeeded."""
    return {step.title for step in type.steps if step.undo is not None}


class Place:
    """What steps find as their world: the stage, from one process."""

    def __init__(self, stage: Stage, process: Process, clock: Clock) -> None:
        self.stage = stage
        self._process = process
        self._clock = clock

    @contextlib.contextmanager
    def acting(self, run: Any, step: str, *, back: bool) -> Generator[Act]:
        """An attempt at a step."""
        it = run.operation
        act = Act(self._process, it.id, it.fence, step, back, self.stage.witness.time())
        self.stage.witness.say(self._process.name, f"{show(it.id)} {'un' if back else ''}does {step}")
        self.stage.begin(act)
        try:
            yield act
        finally:
            self.stage.end(act)

    async def works(self, seconds: float) -> None:
        """It takes a while."""
        await self._clock.sleep(seconds)

    def count(self, operation: int, step: str) -> int:
        """How often this has been asked, this time included."""
        self.stage.counts[operation, step] += 1
        return self.stage.counts[operation, step]
