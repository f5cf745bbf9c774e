"""Events as they happen: of one operation, or all that an account may see; as server-sent events, or JSON a line each.

Both go on behind any event that is still kept. Behind one that is not, the answer is 410 and where things stand.
"""

import msgspec
from starlette.types import ASGIApp

from headway.dialects.headway import project, said, wire
from headway.dialects.headway.operations import id_in
from headway.errors import Invalid
from headway.model.operations import ID_MAX, Event
from headway.views.news import News
from headway.views.stories import Stories
from headway.web.ask import Ask, whole
from headway.web.body import Answer, answer
from headway.web.broadcast import Source, Stream, Wheel
from headway.web.made import Made
from headway.web.says import STREAM, Param, Says
from headway.web.stream import NDJSON_HEADERS

NDJSON = "application/x-ndjson"
PARAMS = (
    said.LAST_EVENT,
    said.AFTER,
    Param("follow", "`false`: end when all is told that was there."),
    Param("format", "`sse`, or `ndjson` for JSON, a line each."),
)
_PING = b": still there\n\n"


class Events:
    """The handlers."""

    def __init__(self, stories: Stories, news: News) -> None:
        self._stories = stories
        self._news = news
        self._wheel = Wheel()
        frames: Made[list[Event], bytes] = Made(lambda page: b"".join(map(_frame, page)))
        lines: Made[list[Event], bytes] = Made(lambda page: b"".join(map(_line, page)))
        self._frames, self._lines = frames.of, lines.of

    @Says(STREAM, params=PARAMS)
    async def of_operation(self, ask: Ask) -> ASGIApp:
        """Of one, from its beginning or behind `Last-Event-ID`; ends when the operation has."""
        after = _after(ask)
        follower = await self._stories.follower(
            ask.account.id, id_in(ask), 0 if after is None else after, stays=_stays(ask)
        )
        return self._stream(ask, follower)

    @Says(STREAM, also={410: wire.Gone}, params=PARAMS)
    async def of_all(self, ask: Ask) -> ASGIApp:
        """Everything that the asker may see, from now on or behind `Last-Event-ID`; never ends by itself."""
        bounds, after = await self._news.bounds(), _after(ask)
        after = bounds.last if after is None else after
        if after == 0:
            after = max(0, bounds.first - 1)
        if not bounds.reach(after):
            return await self._gone(ask)
        return self._stream(ask, self._news.follower(ask.account.id, after, stays=_stays(ask)))

    async def _gone(self, ask: Ask) -> Answer:
        seq, found = await self._news.snapshot(ask.account.id)
        error = wire.Error(code="gone", text="events behind this one are not kept: go on from the snapshot")
        snapshot = wire.Snapshot(seq=seq, operations=[project.story(one) for one in found])
        return answer(wire.Gone(error=error, snapshot=snapshot), 410)

    def _stream(self, ask: Ask, source: Source[list[Event]]) -> ASGIApp:
        if _wants_lines(ask):
            return Stream(source, self._lines, self._wheel, ping=b"\n", headers=NDJSON_HEADERS)
        return Stream(source, self._frames, self._wheel, ping=_PING)


def _after(ask: Ask) -> int | None:
    """Behind which event; None where that is not said. The header is what a browser sends when it comes again."""
    asked = ask.number("after", 0, at_most=ID_MAX) if "after" in ask.query else None
    header = ask.headers.get("last-event-id")
    if header is not None:
        return max(0, min(whole("Last-Event-ID", header), ID_MAX))
    return asked


def _stays(ask: Ask) -> bool:
    return ask.flag("follow", default=True)


def _wants_lines(ask: Ask) -> bool:
    form = ask.query.get("format", "")
    if form not in {"", "sse", "ndjson"}:
        raise Invalid(format="should be sse or ndjson")
    return form == "ndjson" or (not form and NDJSON in ask.headers.get("accept", ""))


def _frame(event: Event) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (
        event.seq,
        event.name.encode(),
        msgspec.json.encode(project.event(event)),
    )


def _line(event: Event) -> bytes:
    return msgspec.json.encode(project.event(event)) + b"\n"
