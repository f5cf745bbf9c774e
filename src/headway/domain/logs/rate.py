"""How much a container may say in a minute, decided without I/O; while it is within the limit, by counting alone.

A container that is over the limit is told so in one line at once; the rest of the minute is dropped and counted,
and the count is told when the minute is over.
"""

import msgspec

from headway.clock import SECOND

MINUTE = 60 * SECOND


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """What one container may say in a minute of the clock; newlines count."""

    lines_max: int = 16_384
    bytes_max: int = 64 << 20


class Minute(msgspec.Struct, frozen=True, kw_only=True):
    """What one container has said in the minute `number` since 1970."""

    number: int
    lines: int = 0
    bytes: int = 0
    dropped_lines: int = 0
    dropped_bytes: int = 0


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the lines are kept, the first ones, and what is said before and behind them."""

    minute: Minute
    kept: bytes
    """Each with its newline."""
    before: list[str]
    behind: list[str]


def admit(past: Minute | None, limit: Limit, at: int, text: bytes) -> Admitted:
    """Decide on whole lines that come at `at` (microseconds UTC), knowing what the container said last."""
    now = past if past is not None and past.number == at // MINUTE else Minute(number=at // MINUTE)
    lines, size = _fitting(now, limit, text)
    dropped = text.count(b"\n", size)
    after = msgspec.structs.replace(
        now,
        lines=now.lines + lines,
        bytes=now.bytes + size,
        dropped_lines=now.dropped_lines + dropped,
        dropped_bytes=now.dropped_bytes + len(text) - size,
    )
    before = [] if past is None or past is now else account(past)
    behind = [_overflow(limit)] if dropped and not now.dropped_lines else []
    return Admitted(minute=after, kept=text[:size], before=before, behind=behind)


def account(minute: Minute) -> list[str]:
    """What is said of a minute when it is over: nothing, or exactly how much of it was dropped."""
    if not minute.dropped_lines:
        return []
    return [
        f"{minute.dropped_lines:,} lines ({minute.dropped_bytes:,} bytes) were dropped in the minute before"
    ]


def _overflow(limit: Limit) -> str:
    return (
        f"over the limit of {limit.lines_max:,} lines or {limit.bytes_max:,} bytes a minute: "
        "what follows is dropped until the next minute"
    )


def _fitting(now: Minute, limit: Limit, text: bytes) -> tuple[int, int]:
    """How many lines of the text fit, and how many bytes they are. Once one has not, none does."""
    if now.dropped_lines:
        return 0, 0
    size = text.rfind(b"\n", 0, max(0, limit.bytes_max - now.bytes)) + 1
    lines, lines_left = text.count(b"\n", 0, size), limit.lines_max - now.lines
    if lines <= lines_left:
        return lines, size
    return lines_left, sum(len(line) + 1 for line in text.split(b"\n", lines_left)[:-1])
