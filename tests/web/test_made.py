"""Once for each record, and for no other."""

from headway.web.made import Made


def test_the_same_record_is_made_once() -> None:
    asked: list[list[int]] = []

    def make(record: list[int]) -> int:
        asked.append(record)
        return sum(record)

    made, record = Made(make), [1, 2]
    assert [made.of(record), made.of(record), made.of([1, 2])] == [3, 3, 3]
    assert len(asked) == 2


def test_records_that_come_and_go_are_never_mistaken_for_each_other() -> None:
    made: Made[list[int], int] = Made(sum)
    # Each record is gone before the next is made, which then gets its place in memory, and its id.
    assert [made.of([number]) for number in range(1000)] == list(range(1000))
