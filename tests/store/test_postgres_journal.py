"""How entries are put together: which go into one transaction, and which row is whose."""

import asyncpg
import pytest

from headway.model.operations import Phase
from headway.store.postgres_journal import Unclear, array, arrays, choose, groups, hits
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
    assert arrays([entry("up_from", 1, epoch=5), entry("up_from", 2, epoch=6)]) == ["{1,2}", "{5,6}"]


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


def test_whatever_is_in_a_text_stays_in_it() -> None:
    texts = ["", "NULL", 'a"b', "a\\b", "{x,y}", " a\n", "é \U0001f600"]
    assert array(texts) == '{"","NULL","a\\"b","a\\\\b","{x,y}"," a\n","é \U0001f600"}'
    assert array(["\0", "a\0b", ""]) == '{"\ufffd","a\ufffdb",""}'
    assert array(["a\0b"]) == '{"a\ufffdb"}'


def test_numbers_and_nothing_are_written_as_such() -> None:
    assert array([1, None, True, -(2**63), Phase.RUNNING]) == f"{{1,NULL,1,{-(2**63)},2}}"


async def test_postgres_reads_what_was_written(stranger: asyncpg.Connection) -> None:
    texts = ["", "NULL", 'a"b', "a\\b", "\\", '"', "{x,y}", " a\n\t", "é \U0001f600", None]
    assert await stranger.fetchval("SELECT $1::text::text[]", array(texts)) == texts
    numbers = [0, None, 2**63 - 1]
    assert await stranger.fetchval("SELECT $1::text::bigint[]", array(numbers)) == numbers
