"""How often one token may look at one operation."""

import pytest

from headway.dialects.workiva.polls import KEPT_MAX, Polls
from headway.errors import TooMany


class Hand:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 100.0

    def monotonic(self) -> float:
        return self.at

    def now(self) -> int:
        raise AssertionError

    async def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)


@pytest.fixture
def clock() -> Hand:
    return Hand()


def test_the_second_look_within_a_second_is_refused_and_counts_for_nothing(clock: Hand) -> None:
    polls = Polls(clock, 1)
    polls.count(1, 7)
    for at in (100.0, 100.5, 100.89):
        clock.at = at
        with pytest.raises(TooMany) as refused:
            polls.count(1, 7)
        assert refused.value.retry_after == 1
    clock.at = 101.0
    polls.count(1, 7)


def test_a_tenth_of_a_second_too_early_is_in_time_but_not_again_and_again(clock: Hand) -> None:
    polls = Polls(clock, 1)
    polls.count(1, 7)
    clock.at += 0.91
    polls.count(1, 7)
    clock.at += 0.91
    with pytest.raises(TooMany):
        polls.count(1, 7)


def test_others_and_other_operations_do_not_count(clock: Hand) -> None:
    polls = Polls(clock, 1)
    for token in (1, 2):
        for operation in (7, 8):
            polls.count(token, operation)


def test_a_slower_pace_says_when_to_come_again(clock: Hand) -> None:
    polls = Polls(clock, 0.1)
    polls.count(1, 7)
    with pytest.raises(TooMany) as refused:
        polls.count(1, 7)
    assert refused.value.retry_after == 10
    clock.at += refused.value.retry_after
    polls.count(1, 7)


def test_without_a_limit_nobody_is_refused(clock: Hand) -> None:
    polls = Polls(clock, 0)
    for _ in range(100):
        polls.count(1, 7)


def test_only_so_many_are_remembered(clock: Hand) -> None:
    polls = Polls(clock, 1)
    for operation in range(KEPT_MAX + 1):
        polls.count(1, operation)
    # The first was forgotten, the last was not.
    polls.count(1, 0)
    with pytest.raises(TooMany):
        polls.count(1, KEPT_MAX)
