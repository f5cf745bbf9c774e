"""How entries are put together: which go into one transaction, and which row is whose."""

import pytest

from headway.store.postgres_journal import Unclear, arrays, choose, groups, hits
from tests.rows import entry


def test_entries_about_different_rows_go_together() -> None:
    assert choose([entry("up", 1), entry("up", 2), entry("up_from", 3, epoch=0)]) == [True, True, True]


def test_a_second_entry_about_one_row_waits() -> None:
    assert choose([entry("up", 1), entry("up", 1), entry("up", 2)]) == [True, False, True]


def test_after_one_that_waits_all_about_its_row_wait() -> None:
    waiting = [entry("up", 1), entry("say", 1, touches=0, n=1), entry("say", 1, touches=0, n=2)]
    assert choose(waiting) == [True, False, False]


def test_entries_of_one_kind_that_touch_no_row_go_together() -> None:
    assert choose([entry("say", 1, touches=0, n=n) for n in range(3)]) == [True, True, True]


def test_entries_of_two_kinds_about_one_thing_keep_their_order() -> None:
    assert choose([entry("say", 1, touches=0, n=1), entry("end_from", 1, epoch=0)]) == [True, False]


def test_what_an_entry_touches_counts_as_what_it_is_about() -> None:
    assert choose([entry("up", 1, touches=9), entry("up", 2, touches=9)]) == [True, False]


def test_one_kind_is_one_group_in_the_order_of_its_rows() -> None:
    assert groups([entry("up", 3), entry("up_from", 9, epoch=0), entry("up", 1)]) == [[2, 0], [1]]


def test_values_become_arrays() -> None:
    assert arrays([entry("up_from", 1, epoch=5), entry("up_from", 2, epoch=6)]) == [[1, 2], [5, 6]]


def test_each_entry_gets_the_row_that_begins_with_its_id() -> None:
    assert hits([entry("up", 1), entry("up", 2), entry("up", 3)], [(3, "c"), (1, "a")]) == [
        (1, "a"),
        None,
        (3, "c"),
    ]


def test_entries_about_one_thing_hit_together() -> None:
    two = [entry("say", 1, touches=0, n=n) for n in range(2)]
    assert hits(two, [(1,), (1,)]) == [(1,), (1,)]
    assert hits(two, []) == [None, None]


def test_it_is_not_guessed_which_of_two_has_hit() -> None:
    with pytest.raises(Unclear):
        hits([entry("say", 1, touches=0, n=n) for n in range(2)], [(1,)])
