"""Reading the logs of apps: which sources, how many lines, and how a line is shown."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import lru_cache

from headway.clock import SECOND
from headway.model.logs import Line
from headway.store.logbook import Logbook, Wanted


def wanted(filter_text: str) -> Wanted:
    """Which sources a filter asks for: `web` every `web-<n>`, `web-1` that one, `a|b` either; empty is all."""
    names = frozenset(name for part in filter_text.split("|") if (name := part.strip()))

    @lru_cache(maxsize=1024)
    def is_wanted(source: str) -> bool:
        type_name, _, index = source.rpartition("-")
        return source in names or (type_name in names and index.isdecimal())

    return is_wanted if names else _any


async def last(logbook: Logbook, app_id: str, count: int, filter_text: str = "") -> list[Line]:
    """The newest `count` lines that the filter asks for, oldest first."""
    return await asyncio.to_thread(logbook.last, app_id, count, wanted(filter_text))


def follow(logbook: Logbook, app_id: str, filter_text: str = "") -> AsyncIterator[list[Line]]:
    """Lines that the filter asks for, from this call on, as they come; never ends by itself."""
    return logbook.follow(app_id, wanted(filter_text))


def shown(line: Line) -> str:
    """The line as Scalingo shows it, without a newline: `2015-02-16 02:02:43.930163000 +0000 UTC [web-1] text`."""
    second, microsecond = divmod(line.at, SECOND)
    return f"{_second(second)}.{microsecond:06d}000 +0000 UTC [{line.source}] {line.text}"


@lru_cache(maxsize=16)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _any(_source: str) -> bool:
    return True
