"""Reading objects of a shape that somebody else decides."""

from typing import Any

import pytest

from headway.model.fields import Errors, Reader, parsed_time

DAY = 86_400 * 1_000_000


def codes(errors: Errors) -> dict[str, str]:
    return {path: it.code for path, it in errors.items()}


def test_every_wrong_field_is_told_with_its_path() -> None:
    errors: Errors = {}
    reader = Reader({"a": 1, "b": "x", "c": {"d": True}, "e": [1]}, errors, "top")
    reader.text("a")
    reader.integer("b", 0, 1)
    inner = reader.object("c")
    assert inner is not None
    inner.integer("d", 0, 1)
    reader.objects("e")
    reader.text("f", required=True)
    assert codes(errors) == {
        "top.a": "string-expected",
        "top.b": "integer-expected",
        "top.c.d": "integer-expected",
        "top.e.0": "object-expected",
        "top.f": "value-required",
    }


@pytest.mark.parametrize(
    ("read", "value", "code"),
    [
        (lambda it: it.text("x", longest=2), "abc", "string-length-greater-than-max"),
        (lambda it: it.text("x", required=True), " ", "blank-string-not-allowed"),
        (lambda it: it.text("x", among=("a",)), "b", "unknown-enum-value"),
        (lambda it: it.integer("x", 1, 2), 0, "value-less-than-min"),
        (lambda it: it.integer("x", 1, 2), 3, "value-greater-than-max"),
        (lambda it: it.number("x", 0, 1), "1", "float-expected"),
        (lambda it: it.share("x"), 1.5, "value-out-of-bounds"),
        (lambda it: it.flag("x"), 1, "boolean-expected"),
        (lambda it: it.time("x"), "yesterday", "invalid-date-time-syntax"),
        (lambda it: it.array("x"), {}, "array-expected"),
        (lambda it: it.array("x", least=1), [], "array-size-less-than-min"),
        (lambda it: it.object("x"), [], "object-expected"),
    ],
)
def test_each_kind_says_what_is_wrong(read: Any, value: Any, code: str) -> None:
    errors: Errors = {}
    assert read(Reader({"x": value}, errors)) is None
    assert codes(errors) == {"x": code}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1970-01-02", DAY),
        ("1970-01-02T00:00", DAY),
        ("1970-01-02 00:00:00", DAY),
        ("1970-01-02T00:00:00.5", DAY + 500_000),
        ("1970-01-02T00:00:00.123456789Z", DAY + 123_456),
        ("1970-01-02T01:00:00+01:00", DAY),
        ("1970-01-01T23:00:00-0100", DAY),
        ("1970-13-01", None),
        ("1970-01-02T25:00", None),
        ("", None),
        ("2026", None),
        ("1970-01-02T00:00:00 UTC", None),
    ],
)
def test_times_are_read_leniently_and_nothing_else_is_taken_for_one(text: str, at: int | None) -> None:
    assert parsed_time(text) == at
