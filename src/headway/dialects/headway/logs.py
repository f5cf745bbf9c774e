"""What an app says: the last lines, or new ones as they come, JSON a line each or server-sent events."""

from collections.abc import AsyncIterator

import msgspec
from starlette.types import ASGIApp

from headway import ids
from headway.dialects.headway import project_apps as project
from headway.dialects.headway import said
from headway.dialects.headway.apps import asked
from headway.views import logs
from headway.web.ask import Ask
from headway.web.body import Answer
from headway.web.says import Param, Says
from headway.web.stream import EventStream, Pings

LINES, LINES_MAX = 100, 10_000
PARAMS = (
    Param("lines", "How many of the last lines, up to 10,000.", int),
    Param("filter", "Only of these sources: `web`, `web-1|worker`."),
    Param("follow", "`true`: then what comes, as server-sent events."),
)


@Says(said.NDJSON, params=PARAMS)
async def read(ask: Ask) -> ASGIApp:
    """The last lines; with `follow=true` those and then new ones, until the reader goes."""
    app = await asked(ask)
    app_id, count = ids.show(app.id), ask.number("lines", LINES, at_most=LINES_MAX)
    wanted = ask.query.get("filter", "")
    if ask.query.get("follow", "").lower() == "true":
        clock = ask.world.clock
        return EventStream(_frames(ask, app_id, count, wanted), Pings(clock, lambda: ""), _event)
    found = await logs.last(ask.world.logbook, app_id, count, wanted) if count else []
    body = b"".join(msgspec.json.encode(project.line(it)) + b"\n" for it in found)
    return Answer(body, 200, [(b"content-type", b"application/x-ndjson; charset=utf-8")])


async def _frames(ask: Ask, app_id: str, count: int, wanted: str) -> AsyncIterator[str]:
    # From now on first, so that nothing falls between what was and what comes.
    coming = logs.follow(ask.world.logbook, app_id, wanted)
    before = await logs.last(ask.world.logbook, app_id, count, wanted) if count else []
    for line in before:
        yield msgspec.json.encode(project.line(line)).decode()
    async for lines in coming:
        for line in lines:
            if line in before:  # said between the two
                before.remove(line)
            else:
                yield msgspec.json.encode(project.line(line)).decode()


def _event(frame: str) -> str:
    return f"data: {frame}\n\n" if frame else ": still there\n\n"
