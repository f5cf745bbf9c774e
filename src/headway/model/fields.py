"""Reading an object whose shape somebody else decides: every field that is wrong is told, each with its path.

`code` is a short word for machines (`value-required`), `message` a sentence for people. A path has dots and
indexes: `tasks.0.input_values.image`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from headway.errors import Conflict, Invalid


class FieldError(msgspec.Struct, frozen=True):
    """What is wrong with one field."""

    code: str
    message: str


Errors = dict[str, FieldError]
"""By path; the first that is found at a path stays."""

REQUIRED = FieldError("value-required", "Value must be present and not equal to null")
UNKNOWN = FieldError("value-not-allowed", "Unknown field name")


class WrongFields(Invalid):
    """An object was understood and is wrong in one or more fields; `errors` has each with its code."""

    def __init__(self, errors: Mapping[str, FieldError]) -> None:
        self.errors = dict(errors)
        super().__init__(**{path: it.message for path, it in errors.items()})


class WrongItems(Invalid):
    """None of the objects of a list could be taken; `items` has the errors of each by its index."""

    def __init__(self, items: Mapping[str, Errors]) -> None:
        self.items = dict(items)
        super().__init__(**{
            f"{n}.{path}": it.message for n, errors in items.items() for path, it in errors.items()
        })


class Unfit(Conflict):
    """The state of the thing does not allow it: `code` says why, for machines, and `facts` what would be needed."""

    def __init__(self, code: str, text: str, **facts: Any) -> None:
        self.code = code
        self.facts = facts
        super().__init__(text)


def refuse_any(errors: Errors) -> None:
    """WrongFields where there is any."""
    if errors:
        raise WrongFields(errors)


class Reader:
    """Reads the fields of one object and keeps what is wrong with them in `errors`, which others may share.

    Each call returns the value, or None where it is absent, null, or wrong.
    """

    def __init__(self, given: Mapping[str, Any], errors: Errors, path: str = "") -> None:
        self.given = given
        self.errors = errors
        self._path = f"{path}." if path else ""

    def wrong(self, name: str, code: str, message: str) -> None:
        """Something is wrong with a field."""
        self.errors.setdefault(f"{self._path}{name}", FieldError(code, message))

    def path_of(self, name: str) -> str:
        """Where a field is."""
        return f"{self._path}{name}"

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.given.get(name) is not None

    def text(
        self,
        name: str,
        *,
        required: bool = False,
        longest: int | None = None,
        among: Sequence[str] | None = None,
    ) -> str | None:
        """A text."""
        value = self._value(name, required)
        if value is None:
            return None
        if not isinstance(value, str):
            return self.wrong(name, "string-expected", "Value must be a string")
        if required and not value.strip():
            return self.wrong(name, "blank-string-not-allowed", "Value must not be blank")
        if longest is not None and len(value) > longest:
            return self.wrong(
                name, "string-length-greater-than-max", f"Value must have at most {longest} characters"
            )
        if among is not None and value not in among:
            return self.wrong(name, "unknown-enum-value", f"Value must be one of {', '.join(among)}")
        return value

    def integer(self, name: str, least: int, most: int, *, required: bool = False) -> int | None:
        """A whole number within its bounds."""
        value = self._value(name, required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            return self.wrong(name, "integer-expected", "Value must be an integer")
        return value if self._within(name, value, least, most) else None

    def number(self, name: str, least: float, most: float, *, required: bool = False) -> float | None:
        """A number within its bounds."""
        value = self._value(name, required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return self.wrong(name, "float-expected", "Value must be a number")
        return value if self._within(name, value, least, most) else None

    def share(self, name: str) -> float | None:
        """A number from 0 to 1."""
        value = self.number(name, float("-inf"), float("inf"))
        if value is not None and not 0 <= value <= 1:
            return self.wrong(name, "value-out-of-bounds", "Value must be between 0 and 1")
        return value

    def flag(self, name: str) -> bool | None:
        """True or false."""
        value = self.given.get(name)
        if value is not None and not isinstance(value, bool):
            return self.wrong(name, "boolean-expected", "Value must be true or false")
        return value

    def time(self, name: str, *, required: bool = False) -> int | None:
        """A time, in microseconds."""
        value = self._value(name, required)
        if value is None:
            return None
        at = parsed_time(value) if isinstance(value, str) else None
        if at is None:
            return self.wrong(
                name, "invalid-date-time-syntax", "Value must be a date and time, as ISO 8601 has it"
            )
        return at

    def object(self, name: str, *, required: bool = False) -> "Reader | None":
        """An object, to be read in turn."""
        value = self._value(name, required)
        if value is None:
            return None
        if not isinstance(value, dict):
            return self.wrong(name, "object-expected", "Value must be an object")
        return Reader(value, self.errors, f"{self._path}{name}")

    def array(self, name: str, *, required: bool = False, least: int = 0) -> list[Any] | None:
        """A list."""
        value = self._value(name, required)
        if value is None:
            return None
        if not isinstance(value, list):
            return self.wrong(name, "array-expected", "Value must be a list")
        if len(value) < least:
            return self.wrong(name, "array-size-less-than-min", f"List must have at least {least} elements")
        return value

    def objects(self, name: str, *, required: bool = False, least: int = 0) -> "list[Reader]":
        """A list of objects, each to be read in turn; those that are none are left out, and told."""
        found: list[Reader] = []
        for n, value in enumerate(self.array(name, required=required, least=least) or []):
            if isinstance(value, dict):
                found.append(Reader(value, self.errors, f"{self._path}{name}.{n}"))
            else:
                self.wrong(f"{name}.{n}", "object-expected", "Value must be an object")
        return found

    def _value(self, name: str, required: bool) -> Any:
        value = self.given.get(name)
        if value is None and required:
            self.errors.setdefault(f"{self._path}{name}", REQUIRED)
        return value

    def _within(self, name: str, value: float, least: float, most: float) -> bool:
        if value < least:
            self.wrong(name, "value-less-than-min", f"Value must be at least {least}")
        elif value > most:
            self.wrong(name, "value-greater-than-max", f"Value must be at most {most}")
        return least <= value <= most


_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parsed_time(text: str) -> int | None:
    """Microseconds UTC of an ISO date, with or without time, fraction and offset; None where it is none."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    *parts, fraction, offset = found.groups()
    try:
        moment = datetime(*(int(part or 0) for part in parts), tzinfo=UTC) - _EPOCH  # type: ignore[arg-type]
    except ValueError:
        return None
    micros = int((fraction or "").ljust(6, "0")[:6])
    return moment // timedelta(microseconds=1) + micros - _offset(offset)


def _offset(text: str | None) -> int:
    if text in {None, "Z"}:
        return 0
    assert text is not None
    digits = text.replace(":", "")
    minutes = int(digits[1:3]) * 60 + int(digits[3:5])
    return (-minutes if digits[0] == "-" else minutes) * 60_000_000
