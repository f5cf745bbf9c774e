"""Archives of logs in Scalingo's words: pure."""

from datetime import UTC, datetime

from headway.clock import SECOND
from headway.dialects.scalingo.wire import logs as wire
from headway.model.logs import Archive


def archive(it: Archive, url: str) -> wire.Archive:
    """One archive, to be had at `url`."""
    return wire.Archive(url=url, size=it.size, from_=date(it.first), to=date(it.last))


def date(at: int) -> str:
    """A time as archives show it, for people: `Fri Mar 24 14:00:00 +0000 UTC 2017`."""
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%a %b %d %H:%M:%S +0000 UTC %Y}"
