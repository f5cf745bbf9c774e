"""A crowd works until there is nothing for anybody."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pytest

from headway.clock import SystemClock
from headway.errors import TooMany
from headway.model.specs import FieldSpec
from headway.testing.crowd import crowd, questions
from headway.testing.shift import Foreman, Shift, Work

OF = questions(1, {"result": FieldSpec("string", allowed_values=["cat", "dog"])})


class Heap:
    """A workplace in memory: suites that each go to one person, and to another if they are given back."""

    def __init__(self, suites: int) -> None:
        self.free = list(range(suites))
        self.in_hand: dict[str, int] = {}
        self.had: dict[str, set[int]] = defaultdict(set)
        self.answers: dict[int, tuple[str, list[dict[str, Any]]]] = {}

    async def take(self, person: str) -> Work | None:
        assert person not in self.in_hand
        found = next((it for it in self.free if it not in self.had[person]), None)
        if found is None:
            return None
        self.free.remove(found)
        self.had[person].add(found)
        self.in_hand[person] = found
        return Work(str(found), [{"image": f"{found}-{n}"} for n in range(2)])

    async def submit(self, person: str, id: str, answers: Sequence[dict[str, Any]]) -> None:
        assert self.in_hand.pop(person) == int(id)
        self.answers[int(id)] = person, list(answers)

    async def skip(self, person: str, id: str) -> None:
        self.free.append(self.in_hand.pop(person))


class Idle(SystemClock):
    """A clock that counts what is slept."""

    slept = 0.0

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds


@pytest.mark.parametrize("by_turns", [True, False])
async def test_everything_is_answered_though_some_of_it_is_given_back(by_turns: bool) -> None:
    heap, shift = Heap(30), Shift()
    foreman = Foreman(crowd(1, 5, 0.8, 0.3), OF, heap, SystemClock())
    await (foreman.by_turns(shift) if by_turns else foreman.all_at_once(shift))
    assert len(heap.answers) == shift.suites == 30
    assert shift.tasks == 60
    assert shift.skipped > 0
    assert not heap.in_hand


async def test_by_turns_the_same_people_have_the_same_and_answer_the_same() -> None:
    heaps = [Heap(20), Heap(20)]
    for heap in heaps:
        await Foreman(crowd(1, 3, 0.6, 0.1), OF, heap, SystemClock()).by_turns(Shift())
    assert heaps[0].answers == heaps[1].answers


async def test_everybody_takes_their_time_and_it_is_told_what_was_done() -> None:
    clock, told = Idle(), []
    shift = Shift(lambda now: told.append(now.doings))
    await Foreman(crowd(1, 2, 0.6), OF, Heap(10), clock, pace=1.0).all_at_once(shift)
    assert 10 < clock.slept < 30
    assert told == list(range(1, 11))


@pytest.mark.parametrize(
    ("error", "told"), [(TooMany("later", retry_after=1), TooMany), (KeyError(), ExceptionGroup)]
)
async def test_what_refuses_one_ends_it_for_all(error: Exception, told: type[Exception]) -> None:
    class Shut(Heap):
        async def submit(self, person: str, id: str, answers: Sequence[dict[str, Any]]) -> None:
            raise error

    with pytest.raises(told):
        await Foreman(crowd(1, 3, 0.6), OF, Shut(10), SystemClock()).all_at_once(Shift())
