import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway import ids
from headway.clock import SystemClock

MOMENT = 1_700_000_000_123_456


class Stopped(SystemClock):
    """A clock that tells the times it was given, and the last one for ever."""

    def __init__(self, *times: int) -> None:
        self._times = itertools.chain(times, itertools.repeat(times[-1]))

    def now(self) -> int:
        return next(self._times)


def test_ids_rise_within_one_millisecond_and_beyond_its_end() -> None:
    maker = ids.Ids(Stopped(MOMENT))
    made = [maker.next() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_ids_rise_when_the_clock_is_set_back() -> None:
    maker = ids.Ids(Stopped(MOMENT, MOMENT - 10_000_000))
    assert maker.next() < maker.next()


def test_two_nodes_never_make_the_same_id() -> None:
    one, other = ids.Ids(Stopped(MOMENT), node=1), ids.Ids(Stopped(MOMENT), node=2)
    assert not {one.next() for _ in range(9000)} & {other.next() for _ in range(9000)}


def test_an_id_is_shown_with_its_second_first() -> None:
    shown = ids.show(ids.Ids(Stopped(MOMENT)).next())
    assert len(shown) == 24
    assert int(shown[:8], 16) == MOMENT // 1_000_000


@given(st.integers(0, 2**63 - 1))
def test_what_is_shown_can_be_read_back(id: int) -> None:
    shown = ids.show(id)
    assert ids.parse(shown) == id if len(shown) == 24 else True


@given(st.integers(0, 2**62), st.integers(0, 2**62))
def test_ids_sort_as_strings_as_they_sort_as_numbers(one: int, other: int) -> None:
    assert (one < other) == (ids.show(one) < ids.show(other))


@pytest.mark.parametrize("text", ["", "1", "g" * 24, "0" * 23, "0" * 25, "0" * 8 + "f" * 16, "A" * 24])
def test_what_is_no_id_is_read_as_none(text: str) -> None:
    assert ids.parse(text) is None


def test_a_node_that_learns_its_number_goes_on_with_ids_that_nobody_else_makes() -> None:
    one, other = ids.Ids(Stopped(MOMENT)), ids.Ids(Stopped(MOMENT))
    before = one.next()
    one.belong_to(1)
    other.belong_to(2)
    theirs = [other.next() for _ in range(100)]
    mine = [one.next() for _ in range(100)]
    assert mine == sorted(mine)
    assert before < mine[0]
    assert not {*mine} & {*theirs}
