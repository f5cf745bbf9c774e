"""Operations: one, as it is or once it has changed; the list; its events, its log, its end."""

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from headway import ids
from headway.dialects.headway import project, wire
from headway.domain.operations.cancel import cancel
from headway.errors import Conflict, NotFound
from headway.model.operations import Event
from headway.views.stories import Stories, Story
from headway.web.ask import Ask, whole
from headway.web.body import Answer, answer, told
from headway.web.broadcast import Stream, Wheel
from headway.web.made import Made
from headway.web.says import STREAM, Param, Says

WAIT_SECONDS_MAX = 30
PAGE_MAX = 100
ID_MAX = (1 << 63) - 1
WAIT = Param("wait", "For how many seconds to wait for something behind `after`, up to 30.", int)
AFTER_EVENT = Param("after", "The newest event that is known already.", int)
AFTER_LINE = Param("after", "The newest line that is known already.", int)
LIMIT = Param("limit", "How many at most, 1 to 100.", int)
BEFORE = Param("before", "What `next` said of the page before.")
TARGET = Param("target", "Only what holds this: `app:ID`.")
LAST_EVENT = Param("Last-Event-ID", "The newest event that is known already.", int, "header")
_PING = b": still there\n\n"


class Operations:
    """The handlers; `stories` is what they read."""

    def __init__(self, stories: Stories) -> None:
        self._stories = stories
        self._answers: Made[Story, Answer] = Made(lambda story: told(project.story(story), story.operation))
        self._wheel = Wheel()
        frames: Made[list[Event], bytes] = Made(lambda page: b"".join(map(_frame, page)))
        self._told = frames.of

    @Says(wire.Operation, also={304: None}, params=(WAIT, AFTER_EVENT))
    async def get(self, ask: Ask) -> ASGIApp:
        """One, or with `wait` and `after` once something has happened to it."""
        wait = ask.number("wait", 0, at_most=WAIT_SECONDS_MAX)
        after = ask.number("after", 0, at_most=ID_MAX)
        if wait:
            return _Held(self._stories, self._answers, (ask.account.id, _id(ask), after), wait)
        return self._answers.of(await self._stories.get(ask.account.id, _id(ask)))

    @Says(wire.Listed, params=(LIMIT, BEFORE, TARGET))
    async def list(self, ask: Ask) -> Answer:
        """Newest first, a page at a time."""
        count = ask.number("limit", 20, at_least=1, at_most=PAGE_MAX)
        before = ids.parse(ask.query.get("before", "")) or ID_MAX
        target = ask.query.get("target", "")
        page, next = await self._stories.newest(ask.account.id, before=before, target=target, count=count)
        shown = None if next is None else ids.show(next)
        return answer(wire.Listed(operations=[project.story(story) for story in page], next=shown))

    @Says(STREAM, params=(LAST_EVENT,))
    async def events(self, ask: Ask) -> ASGIApp:
        """Its events as they happen, from behind `Last-Event-ID`; the stream ends when the operation has."""
        after = whole("Last-Event-ID", ask.headers.get("last-event-id", "0"))
        follower = await self._stories.follower(ask.account.id, _id(ask), after)
        return Stream(follower, self._told, self._wheel, ping=_PING)

    @Says(wire.Log, params=(AFTER_LINE,))
    async def log(self, ask: Ask) -> Answer:
        """What it said behind line `after`."""
        after = ask.number("after", 0, at_most=ID_MAX)
        lines = await self._stories.log(ask.account.id, _id(ask), after)
        return answer(wire.Log(lines=[project.line(line) for line in lines]))

    @Says(wire.Operation, 202, body=wire.Cancel, refuses=(Conflict,))
    async def cancel(self, ask: Ask) -> Answer:
        """Ask it to turn back; the operation as it is then."""
        wanted = await ask.body(wire.Cancel)
        await cancel(ask.world, _id(ask), wanted.reason, by=ask.actor)
        return answer(project.story(await self._stories.get(ask.account.id, _id(ask))), 202)


def _frame(event: Event) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (
        event.seq,
        event.name.encode(),
        msgspec.json.encode(project.event(event)),
    )


class _Held:
    """An answer that is held back until there is one. Nothing of what was asked is kept but this."""

    __slots__ = ("_answers", "_asked", "_seconds", "_stories")

    def __init__(
        self, stories: Stories, answers: Made[Story, Answer], asked: tuple[int, int, int], seconds: int
    ) -> None:
        self._stories = stories
        self._answers = answers
        self._asked = asked
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        story = await self._stories.changed(*self._asked, seconds=self._seconds)
        await self._answers.of(story)(scope, receive, send)


def _id(ask: Ask) -> int:
    id = ids.parse(ask.params["id"])
    if id is None:
        raise NotFound("operation", ask.params["id"])
    return id
