from hypothesis import given
from hypothesis import strategies as st

from headway.domain.logs.rate import MINUTE, Limit, Minute, account, admit

LIMIT = Limit(lines_max=10, bytes_max=100)
NOON = 12 * 60 * MINUTE


def test_lines_up_to_the_limit_are_kept_and_nothing_is_said():
    admitted = admit(None, LIMIT, NOON, b"x\n" * 10)
    assert (admitted.kept, admitted.before, admitted.behind) == (b"x\n" * 10, [], [])
    assert account(admitted.minute) == []


def test_the_first_line_over_the_limit_is_answered_by_one_overflow_line():
    first = admit(None, LIMIT, NOON, b"x\n" * 11)
    assert first.kept == b"x\n" * 10
    assert first.behind == [
        "over the limit of 10 lines or 100 bytes a minute: what follows is dropped until the next minute"
    ]
    second = admit(first.minute, LIMIT, NOON + 1, b"x\n" * 5)
    assert (second.kept, second.before, second.behind) == (b"", [], [])


def test_what_was_dropped_is_told_exactly_when_the_minute_is_over_and_all_is_kept_again():
    first = admit(None, LIMIT, NOON, b"12345\n" * 12)
    second = admit(first.minute, LIMIT, NOON + MINUTE - 1, b"x\n" * 5)
    third = admit(second.minute, LIMIT, NOON + MINUTE, b"x\n" * 3)
    assert (third.kept, third.behind) == (b"x\n" * 3, [])
    assert third.before == ["7 lines (22 bytes) were dropped in the minute before"]
    assert third.before == account(second.minute)


def test_bytes_are_limited_with_their_newlines():
    line = b"x" * 49 + b"\n"
    assert admit(None, LIMIT, NOON, line * 2).kept == line * 2
    assert admit(None, LIMIT, NOON, line + b"x" + line).kept == line
    assert admit(None, LIMIT, NOON, line[:-1] * 2 + b"xx\n").kept == b""


def test_once_a_line_is_dropped_smaller_ones_are_too():
    first = admit(None, LIMIT, NOON, b"x" * 200 + b"\n")
    assert admit(first.minute, LIMIT, NOON, b"x\n").kept == b""


def test_a_clock_that_is_set_back_begins_a_new_minute():
    first = admit(None, LIMIT, NOON, b"x\n" * 11)
    assert admit(first.minute, LIMIT, NOON - 5 * MINUTE, b"x\n").kept == b"x\n"


texts = st.lists(st.binary(max_size=30).map(lambda raw: raw.replace(b"\n", b"") + b"\n"), max_size=8).map(
    b"".join
)


@given(st.lists(texts, max_size=20))
def test_however_lines_come_in_batches_the_same_are_kept_and_the_count_is_exact(batches: list[bytes]):
    minute = Minute(number=NOON // MINUTE)
    kept = b""
    overflows = 0
    for batch in batches:
        admitted = admit(minute, LIMIT, NOON, batch)
        assert batch.startswith(admitted.kept)
        kept += admitted.kept
        overflows += len(admitted.behind)
        minute = admitted.minute
    whole = b"".join(batches)
    assert kept == admit(None, LIMIT, NOON, whole).kept == fitting(whole)
    assert minute.dropped_lines == whole.count(b"\n") - kept.count(b"\n")
    assert minute.dropped_bytes == len(whole) - len(kept)
    assert overflows == (len(kept) < len(whole))


def fitting(whole: bytes) -> bytes:
    """The first lines that are within both limits, one by one."""
    kept = b""
    for line in [it + b"\n" for it in whole.split(b"\n")[:-1]]:
        if len(kept) + len(line) > LIMIT.bytes_max or kept.count(b"\n") == LIMIT.lines_max:
            break
        kept += line
    return kept
