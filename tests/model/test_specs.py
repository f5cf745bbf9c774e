"""Specs, and values by them: each rule with one that breaks it and one that keeps it."""

from typing import Any

import pytest

from headway.model.fields import Errors, Reader
from headway.model.specs import TYPES, FieldSpec, check_only_given, check_values, checked_fields

RULES: list[tuple[dict[str, Any], Any, Any, str]] = [
    ({"type": "string"}, "x", 1, "string-expected"),
    ({"type": "string", "min_length": 2}, "xx", "x", "string-length-less-than-min"),
    ({"type": "string", "max_length": 2}, "xx", "xxx", "string-length-greater-than-max"),
    ({"type": "string", "pattern": "[a-z]+"}, "abc", "abc1", "pattern-mismatch"),
    ({"type": "string", "allowed_values": ["a"]}, "a", "b", "value-not-allowed"),
    ({"type": "url"}, "https://x", "ftp://x", "invalid-url-syntax"),
    ({"type": "url"}, "www.x", 1, "invalid-url-syntax"),
    ({"type": "boolean"}, False, 0, "boolean-expected"),
    ({"type": "boolean", "allowed_values": [True]}, True, False, "value-not-allowed"),
    ({"type": "integer"}, 1, True, "integer-expected"),
    ({"type": "integer"}, 1, 1.5, "integer-expected"),
    ({"type": "integer", "min_value": 1}, 1, 0, "value-less-than-min"),
    ({"type": "integer", "max_value": 1}, 1, 2, "value-greater-than-max"),
    ({"type": "integer", "allowed_values": [1]}, 1, 2, "value-not-allowed"),
    ({"type": "float"}, 1, True, "float-expected"),
    ({"type": "float", "max_value": 1}, 0.5, 1.5, "value-greater-than-max"),
    ({"type": "json"}, {"a": 1}, 1, "json-expected"),
    ({"type": "coordinates"}, "55.7,37.6", "55.7;37.6", "invalid-coordinates-syntax"),
    ({"type": "coordinates"}, "-90, 180", "91,0", "invalid-coordinates-syntax"),
    ({"type": "file"}, "id", 1, "string-expected"),
    ({"type": "array_string"}, ["x"], "x", "array-expected"),
    ({"type": "array_string", "min_size": 1}, ["x"], [], "array-size-less-than-min"),
    ({"type": "array_string", "max_size": 1}, ["x"], ["x", "y"], "array-size-greater-than-max"),
]


def wrong(value: Any, **spec: Any) -> dict[str, str]:
    errors: Errors = {}
    check_values({"f": value}, {"f": FieldSpec(**spec)}, "input_values", errors)
    return {path: it.code for path, it in errors.items()}


@pytest.mark.parametrize(("spec", "good", "bad", "code"), RULES)
def test_each_rule_lets_one_pass_and_stops_another(
    spec: dict[str, Any], good: Any, bad: Any, code: str
) -> None:
    assert wrong(good, **spec) == {}
    assert wrong(bad, **spec) == {"input_values.f": code}


def test_elements_of_a_list_are_told_by_their_index() -> None:
    assert wrong([1, "x", True], type="array_integer") == {
        "input_values.f.1": "integer-expected",
        "input_values.f.2": "integer-expected",
    }


def test_what_is_missing_and_what_is_unknown_are_both_told() -> None:
    errors: Errors = {}
    fields = {"a": FieldSpec("string"), "b": FieldSpec("string", required=False)}
    check_values({"c": 1, "a": None}, fields, "input_values", errors)
    assert {path: it.code for path, it in errors.items()} == {
        "input_values.a": "value-required",
        "input_values.c": "value-not-allowed",
    }


def test_of_what_is_known_of_an_answer_required_fields_may_be_missing() -> None:
    errors: Errors = {}
    check_only_given({"b": 1}, {"a": FieldSpec("string"), "b": FieldSpec("string")}, "x", errors)
    assert {path: it.code for path, it in errors.items()} == {"x.b": "string-expected"}


def checked(spec: Any) -> dict[str, str]:
    errors: Errors = {}
    checked_fields(Reader({"output_spec": spec}, errors), "output_spec")
    return {path: it.code for path, it in errors.items()}


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_can_be_answered(kind: str) -> None:
    assert checked({"f": {"type": kind}}) == {}


@pytest.mark.parametrize(
    ("spec", "path", "code"),
    [
        ([], "output_spec", "object-expected"),
        ({"f": 1}, "output_spec.f", "object-expected"),
        ({"f": {}}, "output_spec.f.type", "value-required"),
        ({"f": {"type": "URL"}}, "output_spec.f.type", "unknown-enum-value"),
        ({"f g": {"type": "url"}}, "output_spec.f g", "pattern-mismatch"),
        ({"f": {"type": "string", "pattern": "("}}, "output_spec.f.pattern", "invalid-regex-syntax"),
        ({"f": {"type": "string", "pattern": "(a+)+b"}}, "output_spec.f.pattern", "invalid-regex-syntax"),
        ({"f": {"type": "string", "required": 1}}, "output_spec.f.required", "boolean-expected"),
    ],
)
def test_a_spec_that_is_wrong_is_told_where(spec: Any, path: str, code: str) -> None:
    assert checked(spec) == {path: code}


@pytest.mark.parametrize(
    ("spec", "labels"),
    [
        (FieldSpec("boolean"), [True, False]),
        (FieldSpec("string", allowed_values=["a", "b"]), ["a", "b"]),
        (FieldSpec("integer", min_value=1, max_value=3), [1, 2, 3]),
        (FieldSpec("integer", min_value=1, max_value=34), None),
        (FieldSpec("string"), None),
        (FieldSpec("array_string", allowed_values=["a"]), None),
    ],
)
def test_labels_are_known_where_they_can_be_counted(spec: FieldSpec, labels: list[Any] | None) -> None:
    assert spec.labels == labels
