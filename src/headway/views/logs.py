"""Reading the logs of apps: which sources, how many lines, and what has been archived of them."""

import asyncio
from collections.abc import AsyncIterator
from functools import lru_cache
from pathlib import Path

from headway.errors import NotFound
from headway.model.logs import Archive, Line
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


def follow(
    logbook: Logbook, app_id: str, filter_text: str = "", *, before: int = 0
) -> AsyncIterator[list[Line]]:
    """Lines that the filter asks for, from this call on, as they come; never ends by itself.

    The newest `before` of those that were there come first.
    """
    return logbook.follow(app_id, wanted(filter_text), before=before)


async def archives(logbook: Logbook, app_id: str) -> list[Archive]:
    """What has been archived of an app's log, newest first."""
    return await asyncio.to_thread(logbook.archives, app_id)


async def archive(logbook: Logbook, app_id: str, number: int) -> Path:
    """The file of one archive, a gzip of dated lines; NotFound where it is not kept any more."""
    file = await asyncio.to_thread(logbook.archive_file, app_id, number)
    if file is None:
        raise NotFound("archive")
    return file


def _any(_source: str) -> bool:
    return True
