"""Aggregated solutions."""

from headway.model.solutions import Solution


def test_values_are_read_from_what_was_kept() -> None:
    assert Solution(1, 2, 0.5, '{"result":"cat"}').values == {"result": "cat"}
