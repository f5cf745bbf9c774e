"""A dialect: one vendor's words over HTTP; and how all of them are put under one roof.

A request walks: path, identity, limits, handler, answer. A handler that cannot do what is asked raises a
`Refusal`; whatever goes wrong on the way, the dialect answers in its own form.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headway.clock import SECOND
from headway.config import Config
from headway.errors import Refusal, Unavailable
from headway.store.database import StorageFull
from headway.web.ask import Ask, Threshold, ask
from headway.web.body import Answer, Disconnected, answer
from headway.web.deprecation import headers_of
from headway.web.identity import API
from headway.web.limits import Limits
from headway.web.refusals import Broken, Gone
from headway.web.routes import WEBSOCKET, Route, Tree

log = logging.getLogger(__name__)

REQUEST_ID = "headway.request_id"
"""Under this name the scope has the request's id, for answers that tell it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialect:
    """What one vendor's API consists of."""

    name: str
    prefixes: tuple[str, ...]
    """Everything at and below these paths is answered by this dialect, and in its form."""
    routes: tuple[Route, ...]
    secret: Callable[[Headers], str | None]
    """Where this vendor's clients put their API token or JWT."""
    refuse: Callable[[Refusal], Answer]
    """Every refusal in the vendor's form, `Broken` included."""
    audience: str = API
    """Whose JWTs it takes."""
    per_minute: Callable[[Config], int] | None = None
    """How many requests one account may make in a minute, where this vendor has a limit of its own; below that of all."""


def mount(threshold: Threshold, dialects: Sequence[Dialect], elsewhere: ASGIApp | None = None) -> ASGIApp:
    """One ASGI application: each dialect at its prefixes, `elsewhere` (also told of start and end) for the rest."""
    doors = [(prefix, _Door(threshold, dialect)) for dialect in dialects for prefix in dialect.prefixes]
    doors.sort(key=lambda door: len(door[0]), reverse=True)
    rest = elsewhere or _nowhere
    snapshots = threshold.snapshots

    async def roof(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (found := snapshots.found(scope)) is not None:
            start, body = found
            await send(start)
            return await send(body)
        path: str = scope.get("path", "")
        for prefix, door in doors:
            if path.startswith(prefix) and (len(path) == len(prefix) or path[len(prefix)] == "/"):
                return await door(scope, receive, send)
        return await rest(scope, receive, send)

    return roof


class _Door:
    """Answers every request to one dialect."""

    def __init__(self, threshold: Threshold, dialect: Dialect) -> None:
        self._threshold = threshold
        self._dialect = dialect
        self._tree = Tree(dialect.routes)
        office, most = threshold.world, dialect.per_minute
        self._limits = None if most is None else Limits(office.clock, most(office.config))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = _Sending(send)
        try:
            # What was asked is forgotten when the answer begins: it may wait for long, and there may be many.
            app = await self._answered(ask(self._threshold, self._dialect.name, scope, receive), sending)
            await app(scope, receive, sending)
        except Disconnected:
            return
        except Refusal as refusal:
            await self._refuse(refusal, scope, receive, sending)
        except StorageFull:
            await self._refuse(Unavailable("the disk is full", retry_after=60), scope, receive, sending)
        # The HTTP edge: what nobody foresaw must not reach the asker as anything but the dialect's own words.
        except Exception as error:
            refusal = _scarce(error)
            if refusal is None:
                method = scope.get("method", WEBSOCKET)
                log.exception("request %s: %s %s", sending.request_id, method, scope["path"])
            await self._refuse(refusal or Broken(), scope, receive, sending)

    async def _answered(self, asked: Ask, sending: _Sending) -> ASGIApp:
        sending.request_id = asked.request_id
        asked.scope[REQUEST_ID] = asked.request_id
        route, asked.params = self._tree.find(asked.method, asked.scope["path"])
        if route.deprecation is not None:
            sending.headers += headers_of(route.deprecation, asked.origin, asked.params)
        with self._threshold.places.taken():
            try:
                return await self._handled(asked, route)
            finally:
                if route.deprecation is not None and asked.known is not None:
                    self._threshold.ledger.note(route.deprecation.name, asked.known)

    async def _handled(self, asked: Ask, route: Route) -> ASGIApp:
        threshold, scope = self._threshold, asked.scope
        if route.open:
            threshold.limits.count((scope.get("client") or ("",))[0])
            self._check_sunset(route)
            return await route.handler(asked)
        mark = threshold.snapshots.mark()
        audience = route.audience or self._dialect.audience
        asked.known = await threshold.identity.caller(self._dialect.secret(asked.headers), audience)
        threshold.limits.count(asked.known.counted)
        if self._limits is not None and route.counted:
            self._limits.count(asked.known.counted)
        self._check_sunset(route)
        app = await route.handler(asked)
        # What is answered from memory is not looked at here, so it could not say what a deprecated route must.
        if not isinstance(app, Answer) or route.deprecation is not None:
            return app
        return threshold.snapshots.taken(scope, app, asked.known, mark)

    def _check_sunset(self, route: Route) -> None:
        office, it = self._threshold.world, route.deprecation
        is_over = it is not None and office.clock.now() >= it.sunset * SECOND
        if is_over and office.config.enforce_sunset:
            raise Gone

    async def _refuse(self, refusal: Refusal, scope: Scope, receive: Receive, sending: _Sending) -> None:
        if not sending.started:
            await self._dialect.refuse(refusal)(scope, receive, sending)
        elif scope["type"] == "websocket":
            await sending({"type": "websocket.close", "code": 1011, "reason": ""})


def _scarce(error: Exception) -> Refusal | None:
    if isinstance(error, OSError) and error.errno in {errno.EMFILE, errno.ENFILE}:
        return Unavailable("the platform has too many files open, try again soon")
    return None


class _Sending:
    """Sends an answer with its request id and what else its route always says, and knows whether it has begun."""

    __slots__ = ("_send", "headers", "request_id", "started")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.request_id = ""
        self.headers: list[tuple[bytes, bytes]] = []
        self.started = False

    async def __call__(self, message: Message) -> None:
        self.started = True
        if message["type"].endswith(".start"):
            request_id = (b"x-request-id", self.request_id.encode())
            message["headers"] = [*message["headers"], request_id, *self.headers]
        await self._send(message)


async def _nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send)
    else:
        await answer({"error": "not found"}, 404)(scope, receive, send)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
