from hypothesis import given
from hypothesis import strategies as st

from headway.domain.logs.rate import MINUTE, Limit, Minute, account, admit

LIMIT = Limit(lines_max=10, bytes_max=100)
NOON = 12 * 60 * MINUTE


def test_lines_up_to_the_limit_are_kept_and_nothing_is_said():
    admitted = admit(None, LIMIT, NOON, [b"x"] * 10)
    assert (admitted.kept, admitted.before, admitted.behind) == (10, [], [])
    assert account(admitted.minute) == []


def test_the_first_line_over_the_limit_is_answered_by_one_overflow_line():
    first = admit(None, LIMIT, NOON, [b"x"] * 11)
    assert first.kept == 10
    assert first.behind == [
        "over the limit of 10 lines or 100 bytes a minute: what follows is dropped until the next minute"
    ]
    second = admit(first.minute, LIMIT, NOON + 1, [b"x"] * 5)
    assert (second.kept, second.before, second.behind) == (0, [], [])


def test_what_was_dropped_is_told_exactly_when_the_minute_is_over_and_all_is_kept_again():
    first = admit(None, LIMIT, NOON, [b"12345"] * 12)
    second = admit(first.minute, LIMIT, NOON + MINUTE - 1, [b"x"] * 5)
    third = admit(second.minute, LIMIT, NOON + MINUTE, [b"x"] * 3)
    assert (third.kept, third.behind) == (3, [])
    assert third.before == ["7 lines (22 bytes) were dropped in the minute before"]
    assert third.before == account(second.minute)


def test_bytes_are_limited_with_their_newlines():
    assert admit(None, LIMIT, NOON, [b"x" * 49] * 2).kept == 2
    assert admit(None, LIMIT, NOON, [b"x" * 49, b"x" * 50]).kept == 1
    assert admit(None, LIMIT, NOON, [b"x" * 100]).kept == 0


def test_once_a_line_is_dropped_smaller_ones_are_too():
    first = admit(None, LIMIT, NOON, [b"x" * 200])
    assert admit(first.minute, LIMIT, NOON, [b"x"]).kept == 0


def test_a_clock_that_is_set_back_begins_a_new_minute():
    first = admit(None, LIMIT, NOON, [b"x"] * 11)
    assert admit(first.minute, LIMIT, NOON - 5 * MINUTE, [b"x"]).kept == 1


@given(st.lists(st.lists(st.binary(max_size=30), max_size=8), max_size=20))
def test_however_lines_come_in_batches_the_same_are_kept_and_the_count_is_exact(batches: list[list[bytes]]):
    minute = Minute(number=NOON // MINUTE)
    kept: list[bytes] = []
    overflows = 0
    for batch in batches:
        admitted = admit(minute, LIMIT, NOON, batch)
        kept += batch[: admitted.kept]
        overflows += len(admitted.behind)
        minute = admitted.minute
    lines = [line for batch in batches for line in batch]
    assert kept == lines[: admit(None, LIMIT, NOON, lines).kept]
    assert minute.dropped_lines == len(lines) - len(kept)
    assert minute.dropped_bytes == sum(len(line) + 1 for line in lines[len(kept) :])
    assert overflows == (len(kept) < len(lines))
