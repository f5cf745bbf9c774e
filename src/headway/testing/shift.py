"""A crowd at work in one pool: each person takes what there is for them, answers it or gives it back, until nobody gets anything.

Where they work is told: over HTTP in `headway pools simulate`, anything else that gives out work in a test.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from headway.clock import Clock
from headway.errors import Refusal
from headway.testing.crowd import Crowd, Person, Questions, answer, gives_back, patience


class Work(msgspec.Struct, frozen=True):
    """What somebody has in hand: its id, and what is asked, task by task."""

    id: str
    tasks: list[dict[str, Any]]


class Workplace(Protocol):
    """Where work is given out and answers are taken."""

    async def take(self, person: str) -> Work | None:
        """What that person has in hand then; None where there is nothing for them."""
        ...

    async def submit(self, person: str, id: str, answers: Sequence[dict[str, Any]]) -> None:
        """These are their answers, one for each task."""
        ...

    async def skip(self, person: str, id: str) -> None:
        """They give it back."""
        ...


class Shift:
    """What has been done so far, by whom."""

    def __init__(self, told: Callable[["Shift"], None] | None = None) -> None:
        self.answered: Counter[str] = Counter()
        """How many tasks each has answered."""
        self.suites = 0
        self.skipped = 0
        self._told = told

    @property
    def tasks(self) -> int:
        """How many answers there are."""
        return self.answered.total()

    @property
    def doings(self) -> int:
        """How often anybody has finished with anything."""
        return self.suites + self.skipped

    def answers(self, person: Person, work: Work) -> None:
        """They have answered."""
        self.answered[person.name] += len(work.tasks)
        self.suites += 1
        self._tell()

    def gives_back(self) -> None:
        """Somebody has given something back."""
        self.skipped += 1
        self._tell()

    def _tell(self) -> None:
        if self._told is not None:
            self._told(self)


class Foreman:
    """Lets the people of a crowd work. `pace` is how many seconds they usually take for a task."""

    def __init__(
        self, crowd: Crowd, of: Questions, workplace: Workplace, clock: Clock, *, pace: float = 0.0
    ) -> None:
        self._crowd = crowd
        self._of = of
        self._workplace = workplace
        self._clock = clock
        self._pace = pace

    async def all_at_once(self, shift: Shift) -> None:
        """Everybody, until there is nothing for anybody. What one gives back another may take in a later round.

        Whatever refuses one of them ends it for all.
        """
        before = -1
        while shift.doings > before:
            before = shift.doings
            try:
                async with asyncio.TaskGroup() as group:
                    for person in self._crowd.people:
                        group.create_task(self._until_nothing(person, shift))
            except BaseExceptionGroup as errors:
                refusal = _refusal_in(errors)
                if refusal is None:
                    raise
                raise refusal from errors

    async def by_turns(self, shift: Shift) -> None:
        """The same, one after another: who gets what is the same each time, too."""
        before = -1
        while shift.doings > before:
            before = shift.doings
            for person in self._crowd.people:
                await self._one(person, shift)

    async def _until_nothing(self, person: Person, shift: Shift) -> None:
        while await self._one(person, shift):
            pass

    async def _one(self, person: Person, shift: Shift) -> bool:
        """Whether there was anything for them."""
        work = await self._workplace.take(person.name)
        if work is None:
            return False
        if self._pace:
            seconds = self._pace * len(work.tasks) * patience(self._crowd, person, work.tasks)
            await self._clock.sleep(seconds)
        if gives_back(self._crowd, person, work.tasks):
            await self._workplace.skip(person.name, work.id)
            shift.gives_back()
        else:
            said = [answer(self._crowd, person, task, self._of) for task in work.tasks]
            await self._workplace.submit(person.name, work.id, said)
            shift.answers(person, work)
        return True


def _refusal_in(errors: BaseExceptionGroup[BaseException]) -> BaseException | None:
    """The first refusal, where there is nothing else in them."""
    refusals, others = errors.split(Refusal)
    found: BaseException | None = None if others is not None else refusals
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
