"""What the fields of a task and of an answer may hold: specs, as a project has them, and values checked by them."""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from headway.model.fields import REQUIRED, UNKNOWN, Errors, FieldError, Reader

SIMPLE = ("string", "url", "boolean", "integer", "float", "json", "coordinates", "file")
TYPES = (*SIMPLE, *(f"array_{name}" for name in SIMPLE))
NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
FIELDS_MAX = 200
PATTERN_LENGTH_MAX = 500
VALUE_LENGTH_MAX = 100_000
LENGTH_MAX = (1 << 31) - 1
NUMBER_MAX = 1e308
SPREAD_MAX = 32
"""A whole number can be aggregated while its bounds are at most so far apart."""
_NESTED = re.compile(r"\((?:[^()\\]|\\.)*[*+}](?:[^()\\]|\\.)*\)[*+{]")
"""A repeated group with a repetition in it: the time to match such a one may double with each character."""


class FieldSpec(msgspec.Struct, frozen=True):
    """What one field may hold. What a type has no use for is ignored."""

    type: str
    required: bool = True
    hidden: bool = False
    allowed_values: list[Any] | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    min_value: float | None = None
    max_value: float | None = None
    min_size: int | None = None
    max_size: int | None = None

    @property
    def labels(self) -> list[Any] | None:
        """Every value that there is, in order; None where they cannot be counted or there are too many."""
        if self.type == "boolean":
            return [True, False] if self.allowed_values is None else self.allowed_values
        if self.type in {"string", "integer", "float"} and self.allowed_values:
            return self.allowed_values
        if self.type == "integer" and self.min_value is not None and self.max_value is not None:
            least, most = int(self.min_value), int(self.max_value)
            return list(range(least, most + 1)) if 0 <= most - least <= SPREAD_MAX else None
        return None


Fields = dict[str, FieldSpec]


class Spec(msgspec.Struct, frozen=True):
    """The fields of tasks, and those of answers."""

    input_spec: Fields
    output_spec: Fields


@functools.lru_cache(maxsize=256)
def spec_of(text: str) -> Spec:
    """The spec that is kept as JSON."""
    return msgspec.json.decode(text, type=Spec)


# -- specs themselves ----------------------------------------------------------------------------------------


def checked_fields(of: Reader, name: str) -> Fields:
    """The specs of an object of them; what is wrong with any is told."""
    reader = of.object(name, required=True)
    if reader is None:
        return {}
    if len(reader.given) > FIELDS_MAX:
        of.wrong(name, "array-size-greater-than-max", f"At most {FIELDS_MAX} fields are possible")
        return {}
    found = {field: _checked_field(reader, field, output=name == "output_spec") for field in reader.given}
    return {field: spec for field, spec in found.items() if spec is not None}


def _checked_field(of: Reader, name: str, *, output: bool) -> FieldSpec | None:
    if not NAME.fullmatch(name):
        return of.wrong(name, "pattern-mismatch", "Name must have Latin letters, digits, - and _ only")
    reader = of.object(name, required=True)
    if reader is None:
        return None
    kind = reader.text("type", required=True, among=TYPES)
    if kind is not None and kind.endswith("file") and not output:
        return reader.wrong("type", "value-not-allowed", "Files are possible in answers only")
    _check_pattern(reader)
    required, hidden = reader.flag("required"), reader.flag("hidden")
    allowed = reader.array("allowed_values")
    return FieldSpec(
        type=kind or "json",
        required=required is not False,
        hidden=hidden is True,
        allowed_values=allowed or None,
        pattern=reader.text("pattern"),
        min_length=reader.integer("min_length", 0, LENGTH_MAX),
        max_length=reader.integer("max_length", 0, LENGTH_MAX),
        min_value=reader.number("min_value", -NUMBER_MAX, NUMBER_MAX),
        max_value=reader.number("max_value", -NUMBER_MAX, NUMBER_MAX),
        min_size=reader.integer("min_size", 0, LENGTH_MAX),
        max_size=reader.integer("max_size", 0, LENGTH_MAX),
    )


def _check_pattern(reader: Reader) -> None:
    pattern = reader.text("pattern", longest=PATTERN_LENGTH_MAX)
    if pattern is None:
        return
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        reader.wrong("pattern", "invalid-regex-syntax", "Value must be a regular expression")
    if _NESTED.search(pattern):
        reader.wrong("pattern", "invalid-regex-syntax", "A repetition within a repetition is not supported")


# -- values --------------------------------------------------------------------------------------------------


def check_values(values: Mapping[str, Any], fields: Fields, path: str, errors: Errors) -> None:
    """Every value against its spec; what is wrong is told below `path`."""
    for name in values.keys() - fields.keys():
        errors[f"{path}.{name}"] = UNKNOWN
    for name, spec in fields.items():
        value = values.get(name)
        if value is not None:
            _check(value, spec, f"{path}.{name}", errors)
        elif spec.required:
            errors[f"{path}.{name}"] = REQUIRED


def check_only_given(values: Mapping[str, Any], fields: Fields, path: str, errors: Errors) -> None:
    """The same where what is required may still be missing: only values that are there are checked."""
    given = {name: value for name, value in values.items() if value is not None}
    check_values(given, {name: spec for name, spec in fields.items() if name in given}, path, errors)


def _check(value: Any, spec: FieldSpec, path: str, errors: Errors) -> None:
    if not spec.type.startswith("array_"):
        _tell(errors, path, _wrong(value, spec, spec.type))
        return
    if not isinstance(value, list):
        errors[path] = FieldError("array-expected", "Value must be a list")
        return
    _tell(errors, path, _wrong_size(len(value), spec))
    for n, element in enumerate(value):
        _tell(errors, f"{path}.{n}", _wrong(element, spec, spec.type.removeprefix("array_")))


def _tell(errors: Errors, path: str, error: FieldError | None) -> None:
    if error is not None:
        errors.setdefault(path, error)


def _wrong(value: Any, spec: FieldSpec, kind: str) -> FieldError | None:
    found = CHECKS[kind](value, spec)
    if found is None and spec.allowed_values is not None and not _among(value, spec.allowed_values):
        return FieldError("value-not-allowed", "Value must be one of the allowed values")
    return found


def _among(value: Any, allowed: list[Any]) -> bool:
    """True is not 1 here, though Python says that they are equal."""
    return any(value == it and isinstance(value, bool) == isinstance(it, bool) for it in allowed)


def _wrong_size(size: int, spec: FieldSpec) -> FieldError | None:
    if spec.min_size is not None and size < spec.min_size:
        return FieldError("array-size-less-than-min", f"List must have at least {spec.min_size} elements")
    if spec.max_size is not None and size > spec.max_size:
        return FieldError("array-size-greater-than-max", f"List must have at most {spec.max_size} elements")
    return None


def _string(value: Any, spec: FieldSpec) -> FieldError | None:
    if not isinstance(value, str):
        return FieldError("string-expected", "Value must be a string")
    least, most = spec.min_length, min(spec.max_length or VALUE_LENGTH_MAX, VALUE_LENGTH_MAX)
    if least is not None and len(value) < least:
        return FieldError("string-length-less-than-min", f"Value must have at least {least} characters")
    if len(value) > most:
        return FieldError("string-length-greater-than-max", f"Value must have at most {most} characters")
    if spec.pattern is not None and not _pattern(spec.pattern).fullmatch(value):
        return FieldError("pattern-mismatch", "Value must match the pattern")
    return None


@functools.lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def _url(value: Any, _: FieldSpec) -> FieldError | None:
    if isinstance(value, str) and value.startswith(("http://", "https://", "www")):
        return None
    return FieldError("invalid-url-syntax", "Value must be in valid url format")


def _boolean(value: Any, _: FieldSpec) -> FieldError | None:
    return None if isinstance(value, bool) else FieldError("boolean-expected", "Value must be true or false")


def _integer(value: Any, spec: FieldSpec) -> FieldError | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return FieldError("integer-expected", "Value must be an integer")
    return _outside(value, spec)


def _float(value: Any, spec: FieldSpec) -> FieldError | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return FieldError("float-expected", "Value must be a number")
    return _outside(value, spec)


def _outside(value: float, spec: FieldSpec) -> FieldError | None:
    if spec.min_value is not None and value < spec.min_value:
        return FieldError("value-less-than-min", f"Value must be at least {spec.min_value:g}")
    if spec.max_value is not None and value > spec.max_value:
        return FieldError("value-greater-than-max", f"Value must be at most {spec.max_value:g}")
    return None


def _json(value: Any, _: FieldSpec) -> FieldError | None:
    """Anything that is an object or a list; Toloka takes JSON in a text, too."""
    return None if isinstance(value, (dict, list, str)) else FieldError("json-expected", "Value must be JSON")


_COORDINATES = re.compile(r"\s*(-?\d{1,3}(?:\.\d{1,20})?)\s*,\s*(-?\d{1,3}(?:\.\d{1,20})?)\s*", re.ASCII)


def _coordinates(value: Any, _: FieldSpec) -> FieldError | None:
    found = _COORDINATES.fullmatch(value) if isinstance(value, str) else None
    if found is not None and abs(float(found[1])) <= 90 and abs(float(found[2])) <= 180:
        return None
    return FieldError(
        "invalid-coordinates-syntax", "Value must be latitude and longitude with a comma between"
    )


def _file(value: Any, _: FieldSpec) -> FieldError | None:
    return None if isinstance(value, str) else FieldError("string-expected", "Value must be a string")


CHECKS: dict[str, Callable[[Any, FieldSpec], FieldError | None]] = {
    "string": _string,
    "url": _url,
    "boolean": _boolean,
    "integer": _integer,
    "float": _float,
    "json": _json,
    "coordinates": _coordinates,
    "file": _file,
}
