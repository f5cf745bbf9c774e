"""App logs: a link that needs no other proof, and behind it the last lines or a stream of new ones."""

from collections.abc import AsyncIterator

import msgspec
from starlette.types import ASGIApp

from headway import ids
from headway.dialects.scalingo import asked, project
from headway.dialects.scalingo.wire import apps as wire
from headway.dialects.scalingo.wire import logs as wire_logs
from headway.errors import Unauthenticated
from headway.model.logs import Line, dated
from headway.views import logs
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty, text
from headway.web.says import TEXT, Param, Says
from headway.web.stream import EventStream, Pings, TextSocket

PURPOSE = "logs"
LINES, LINES_MAX = 20, 10_000
TOKEN = Param("token", "What the link holds.", required=True)
COUNT = Param("n", "How many lines, up to 10,000.", int)
FILTER = Param("filter", "Types or labels of containers, with `|` between them; `router`.")
STREAMED = Param("stream", "With `true` new lines come as server-sent events.", bool)
FRAME_LINES_MAX = 1000


@Says(wire.LogsReply)
async def link(ask: Ask) -> Answer:
    """The app, and where its logs are read. The link holds a `?`: clients append to it."""
    shown, where = await asked.shown_app(ask, "logs.read"), asked.places(ask)
    app_id = ids.show(shown.app.id)
    token = ask.edge.signer.sign(PURPOSE, {"app": app_id}, ask.world.config.jwt_seconds)
    return answer(wire.LogsReply(project.app(shown, where), f"{where.origin}/v1/logs/{app_id}?token={token}"))


@Says(TEXT, also={204: None}, params=(TOKEN, COUNT, FILTER, STREAMED), refuses=(Unauthenticated,))
async def read(ask: Ask) -> ASGIApp:
    """The last lines as text, or with `stream=true` new ones as server-sent events; `n` older ones come first."""
    app_id = _proven(ask)
    if ask.flag("stream", default=False):
        return EventStream(_frames(ask, app_id), _pings(ask))
    count = ask.number("n", LINES, at_most=LINES_MAX)
    found = await logs.last(ask.world.logbook, app_id, count, ask.query.get("filter", ""))
    # Each line ends in a newline, the last one too: clients drop one that does not.
    return text("".join(f"{dated(line)}\n" for line in found)) if found else empty()


@Says(wire_logs.Event, params=(TOKEN, COUNT, FILTER))
async def stream(ask: Ask) -> ASGIApp:
    """New lines over a WebSocket, from now on: the client has already read what was. With `n`, older ones first."""
    return TextSocket(_frames(ask, _proven(ask)), _pings(ask))


def _proven(ask: Ask) -> str:
    claims = ask.edge.signer.read(PURPOSE, ask.query.get("token", ""))
    if claims["app"] != ask.params["app"]:
        raise Unauthenticated("the link is for another app")
    return ask.params["app"]


def _frames(ask: Ask, app_id: str) -> AsyncIterator[str]:
    before = ask.number("n", 0, at_most=LINES_MAX)
    return _told(logs.follow(ask.world.logbook, app_id, ask.query.get("filter", ""), before=before))


async def _told(following: AsyncIterator[list[Line]]) -> AsyncIterator[str]:
    async for lines in following:
        for start in range(0, len(lines), FRAME_LINES_MAX):
            some = lines[start : start + FRAME_LINES_MAX]
            said = "".join(f"{dated(line)}\n" for line in some)
            yield msgspec.json.encode(project.log_event("log", some[-1].at, said)).decode()


def _pings(ask: Ask) -> Pings:
    clock = ask.world.clock
    return Pings(clock, lambda: msgspec.json.encode(project.log_event("ping", clock.now())).decode())
