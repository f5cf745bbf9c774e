"""What is owned and not performed is taken up after a pause that grows, and what is kept of it does not."""

import pytest

from headway.clock import SystemClock
from headway.engine.missed import PAUSE_SECONDS_MAX, Missed
from tests.records import an_operation

SEAT_SECONDS = 60.0


class HandClock(SystemClock):
    """Its time passes when somebody says so."""

    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def missed(clock: HandClock) -> Missed:
    return Missed(clock, SEAT_SECONDS)


def test_what_is_first_seen_is_taken_up_a_second_later(missed: Missed, clock: HandClock) -> None:
    assert [missed.due({1}, set()) for _ in range(3)] == [[], [], []]
    clock.seconds = 1
    assert missed.due({1}, set()) == [1]


def test_what_has_been_begun_meanwhile_is_not_taken_up(missed: Missed, clock: HandClock) -> None:
    missed.due({1}, set())
    clock.seconds = 1
    assert missed.due({1}, {1}) == []
    assert missed.due({1}, set()) == []


def test_the_pause_doubles_with_each_time_up_to_a_limit(missed: Missed, clock: HandClock) -> None:
    pauses = list[float]()
    for _ in range(8):
        missed.dropped(an_operation(id=1))
        begun = clock.seconds
        while not missed.due({1}, set()):
            clock.seconds += 0.5
        pauses.append(clock.seconds - begun)
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]
    assert pauses[-1] == PAUSE_SECONDS_MAX


def test_an_answer_that_is_older_than_the_take_up_is_known_while_its_seat_is_good(
    missed: Missed, clock: HandClock
) -> None:
    missed.due({1}, set())
    clock.seconds = 1
    missed.due({1}, set())
    clock.seconds = 60.5
    missed.due(set(), set())
    assert missed.found(1)
    clock.seconds = 61
    missed.due(set(), set())
    assert not missed.found(1)


def test_nothing_is_kept_of_what_has_gone(missed: Missed, clock: HandClock) -> None:
    for id in range(100):
        missed.dropped(an_operation(id=id))
        clock.seconds += 1
        assert missed.due({id}, set()) == [id]
    clock.seconds += SEAT_SECONDS
    missed.due(set(), set())
    assert (missed._at, missed._times, missed._found) == ({}, {}, {})
