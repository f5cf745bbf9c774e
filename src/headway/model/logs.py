"""Lines of logs, and the rule that a line's text never breaks a line."""

import re
from datetime import UTC, datetime
from functools import lru_cache

import msgspec

from headway.clock import SECOND

PLATFORM = "platform"
"""The source of what the platform itself says in an app's log."""

ROUTER = "router"
"""The source of what is said there of requests."""

_KEPT = frozenset("\n\t\x1b")
_PICTURES: dict[int, int] = {
    **{code: 0x2400 + code for code in range(32) if chr(code) not in _KEPT},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
    **dict.fromkeys((0x2028, 0x2029), 0x2424),
}
_SEVEN_BIT = tuple(bytes([code]) for code in _PICTURES if code < 0x80)
_WIDER = re.compile("[\x80-\x9f\u2028\u2029]")


class Lines(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Lines that one source said at once. `at` is microseconds UTC; `text` comes from `shown`.

    They are kept as they came: a million a second are too many to be an object each.
    """

    at: int
    source: str
    text: str
    """One line, or several with newlines between."""

    def each(self) -> "list[Line]":
        """Line by line."""
        return [Line(at=self.at, source=self.source, text=text) for text in self.text.split("\n")]


class Line(Lines, frozen=True, kw_only=True, array_like=True):
    """One line in an app's log: its text has no newline."""


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an app's log that is no longer kept at hand, but as a compressed text."""

    number: int
    """Counts up within an app: what came later has a higher one."""
    size: int
    """In bytes, compressed."""
    first: int
    """When its earliest line was said, in microseconds UTC."""
    last: int
    """When its latest was."""


def dated(lines: Lines) -> str:
    """Each line with its time and source: `2015-02-16 02:02:43.930163000 +0000 UTC [web-1] text`.

    Lines have newlines between them, and none at the end.
    """
    second, microsecond = divmod(lines.at, SECOND)
    head = f"{_second(second)}.{microsecond:06d}000 +0000 UTC [{lines.source}] "
    return head + lines.text.replace("\n", f"\n{head}")


@lru_cache(maxsize=16)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%S")


def shown(whole: bytes) -> str:
    """Lines, with newlines between, as text in which each is safe to be one line on any wire.

    What is not UTF-8 becomes U+FFFD; control characters become their pictures (NUL is shown as ␀), but tabs
    and colours stay; the carriage return of a line end is dropped.
    """
    text = whole.decode("utf-8", "replace")
    # Almost all output is clean, and to look for each of them costs a fortieth of to translate.
    if any(control in whole for control in _SEVEN_BIT) or (not text.isascii() and _WIDER.search(text)):
        text = text.replace("\r\n", "\n").removesuffix("\r").translate(_PICTURES)
    return text
