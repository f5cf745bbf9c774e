"""The stream of an app's deployments: the follower says who they are in the first frame, then listens."""

from collections.abc import AsyncIterator

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from headway.clock import SECOND
from headway.dialects.scalingo import asked, project
from headway.dialects.scalingo.wire import deployments as wire
from headway.errors import Refusal
from headway.model.apps import App
from headway.views import apps, deployments
from headway.web.ask import Ask
from headway.web.says import Says
from headway.web.stream import Pings, first_text, talk

AUTH_SECONDS_MAX = 30
CLI_ORIGIN = "http://scalingo-cli.local"
"""The Go client wants the whole deployment in a `new` frame, the npm client its id."""
_UNAUTHORIZED = {"type": "websocket.close", "code": 1008, "reason": "unauthorized"}


@Says(wire.Frame)
async def stream(ask: Ask) -> ASGIApp:
    """What happens to the app's deployments, from the beginning of those that are active or ended just now."""

    async def socket(_scope: Scope, receive: Receive, send: Send) -> None:
        said = await first_text(receive, send, seconds=AUTH_SECONDS_MAX)
        app = await _proven(ask, said)
        if app is None:
            await send(_UNAUTHORIZED)
        else:
            await talk(_frames(ask, app), _pings(ask), receive, send)

    return socket


async def _proven(ask: Ask, said: str | None) -> App | None:
    try:
        frame = msgspec.json.decode(said or "", type=wire.AuthFrame)
        caller = await ask.edge.identity.caller(frame.data.token)
        return await apps.find(ask.world.database, caller.account.id, ask.params["app"])
    except (msgspec.DecodeError, UnicodeError, Refusal):
        return None


async def _frames(ask: Ask, app: App) -> AsyncIterator[str]:
    whole = ask.headers.get("origin", "").startswith(CLI_ORIGIN)
    where, world = asked.places(ask), ask.world
    async for news in deployments.follow(world.database, ask.edge.feed, world.clock, app.id):
        yield msgspec.json.encode(project.frame(news, where, app.stack, whole=whole)).decode()


def _pings(ask: Ask) -> Pings:
    clock = ask.world.clock
    return Pings(clock, lambda: msgspec.json.encode(project.ping(clock.now() // SECOND)).decode())
