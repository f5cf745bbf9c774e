"""Ranges of versions as package.json writes them: `>=18 <21`, `^20.1`, `20.x || 22`, `18 - 20`."""

import re

from headway.builders.toolchains import Version

Bounds = tuple[Version, Version]
"""From the first, up to but without the second."""
_END = 1 << 30
_LAST: Version = (_END, 0, 0)
_ONE = re.compile(
    r"(>=|<=|>|<|=|\^|~>?|)\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:[-+][\w.+-]*)?"
)
_SPAN = re.compile(r"(\S+)\s+-\s+(\S+)")


def allows(text: str, version: Version) -> bool | None:
    """Whether the range takes the version; None where the text is not understood."""
    answers = [_takes_all(part.strip(), version) for part in text.split("||")]
    if True in answers:
        return True
    return None if None in answers else False


def _takes_all(text: str, version: Version) -> bool | None:
    span = _SPAN.fullmatch(text)
    text = f">={span[1]} <={span[2]}" if span else text
    at = 0
    while at < len(text):
        one = _ONE.match(text, at)
        if one is None:
            return None
        low, high = _bounds(one[1], [_number(each) for each in one.groups()[1:]])
        if not low <= version < high:
            return False
        at = one.end() + len(text[one.end() :]) - len(text[one.end() :].lstrip(" ,"))
    return True


def _number(part: str | None) -> int | None:
    return int(part) if part and part.isdigit() else None


def _bounds(operator: str, parts: list[int | None]) -> Bounds:
    given = parts[: parts.index(None)] if None in parts else parts
    numbers = [each for each in given if each is not None]
    low = _filled(numbers)
    if not numbers:
        return (0, 0, 0), _LAST
    held = {"^": _first_that_counts(numbers), "~": 2, "~>": 2}.get(operator, 3)
    behind = _after(numbers[:held])
    by_operator = {
        ">=": (low, _LAST),
        ">": (behind, _LAST),
        "<": ((0, 0, 0), low),
        "<=": ((0, 0, 0), behind),
    }
    return by_operator.get(operator, (low, behind))


def _first_that_counts(numbers: list[int]) -> int:
    """How many parts a caret holds fast: up to the first that is not zero."""
    return next((at for at, number in enumerate(numbers, 1) if number), len(numbers))


def _filled(numbers: list[int]) -> Version:
    major, minor, patch = [*numbers, 0, 0, 0][:3]
    return major, minor, patch


def _after(numbers: list[int]) -> Version:
    """The first version behind all that begin with the numbers."""
    return _filled([*numbers[:-1], numbers[-1] + 1])
