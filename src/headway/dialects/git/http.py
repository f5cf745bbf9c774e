"""Git over HTTP, the smart protocol: the same service, with an API token as the password.

GET  /git/APP.git/info/refs?service=git-receive-pack    what there is
POST /git/APP.git/git-receive-pack                      a push
POST /git/APP.git/git-upload-pack                       a fetch
"""

import zlib
from collections.abc import AsyncIterator

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from headway.dialects.git import names
from headway.dialects.git.refuse import refuse
from headway.dialects.git.service import NEEDS, RECEIVE, UPLOAD, Asked, Git
from headway.errors import Malformed, Refusal
from headway.views import apps
from headway.web.ask import Ask, Edge
from headway.web.body import Disconnected
from headway.web.dialect import Dialect
from headway.web.identity import basic, bearer
from headway.web.routes import Route

PREFIX = "/git"
_PIECE_BYTES = 64 << 10
_NO_CACHE = [(b"cache-control", b"no-cache, max-age=0, must-revalidate")]


def git(edge: Edge) -> Dialect:
    """What it consists of."""
    repositories = Repositories(Git(edge))
    one = f"{PREFIX}/{{app}}"
    return Dialect(
        name="git",
        prefixes=(PREFIX,),
        routes=(
            Route("GET", f"{one}/info/refs", repositories.refs),
            Route("POST", f"{one}/{RECEIVE}", repositories.receive),
            Route("POST", f"{one}/{UPLOAD}", repositories.upload),
        ),
        secret=secret,
        refuse=refuse,
    )


class Repositories:
    """The handlers."""

    def __init__(self, served: Git) -> None:
        self._git = served

    async def refs(self, ask: Ask) -> ASGIApp:
        """What there is to push to, or to fetch."""
        service = ask.query.get("service", "")
        if service not in NEEDS:
            raise Malformed(f"the service should be {RECEIVE} or {UPLOAD}")
        asked = await _asked(ask, service, "--http-backend-info-refs")
        return _Talk(self._git, asked, ask, f"application/x-{service}-advertisement", _announced(asked))

    async def receive(self, ask: Ask) -> ASGIApp:
        """Take a push, deploy it, and tell how that goes."""
        return await self._talk(ask, RECEIVE)

    async def upload(self, ask: Ask) -> ASGIApp:
        """Give what is fetched."""
        return await self._talk(ask, UPLOAD)

    async def _talk(self, ask: Ask, service: str) -> ASGIApp:
        asked = await _asked(ask, service)
        return _Talk(self._git, asked, ask, f"application/x-{service}-result")


async def _asked(ask: Ask, service: str, *options: str) -> Asked:
    name = names.app_name(ask.params["app"])
    app = await apps.find(ask.world.database, ask.account.id, name, NEEDS[service])
    wished = names.protocol(ask.headers.get("git-protocol", "")) if service == UPLOAD else ""
    return Asked(
        service=service, app=app, by=ask.actor, protocol=wished, options=("--stateless-rpc", *options)
    )


def _announced(asked: Asked) -> bytes:
    """What stands before the list of refs, but in version 2."""
    line = f"# service={asked.service}\n"
    return b"" if "version=2" in asked.protocol else f"{len(line) + 4:04x}{line}0000".encode()


class _Talk:
    """One request as git hears it: its body is what git reads, what git says is the answer."""

    def __init__(self, served: Git, asked: Asked, ask: Ask, media: str, first: bytes = b"") -> None:
        self._git = served
        self._asked = asked
        self._ask = ask
        self._head = [(b"content-type", media.encode()), *_NO_CACHE]
        self._first = first

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self._head})
        client = _Client(self._ask, send)
        if self._first:
            await client.write(self._first)
        await self._git.serve(self._asked, client)
        await send({"type": "http.response.body", "body": b""})
        await self._git.tidy(self._asked)


class _Client:
    """Who asks; there is no way beside the answer."""

    def __init__(self, ask: Ask, send: Send) -> None:
        self._send = send
        self._coming = _plain(ask)

    async def read(self) -> bytes:
        try:
            async for piece in self._coming:
                if piece:
                    return piece
        except Refusal as error:
            raise Disconnected from error
        return b""

    async def write(self, piece: bytes) -> None:
        try:
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        except OSError as error:
            raise Disconnected from error

    async def complain(self, piece: bytes) -> None:
        """Git says on its own line what the pusher must know; the rest is not for them."""


async def _plain(ask: Ask) -> AsyncIterator[bytes]:
    """The body, inflated where it came packed; Disconnected where it is no gzip, for then nobody can be answered."""
    if ask.headers.get("content-encoding", "") not in {"gzip", "x-gzip"}:
        async for chunk in ask.chunks():
            yield chunk
        return
    inflating = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    async for chunk in ask.chunks():
        left = chunk
        while left:
            try:
                yield inflating.decompress(left, _PIECE_BYTES)
            except zlib.error as error:
                raise Disconnected from error
            left = inflating.unconsumed_tail


def secret(headers: Headers) -> str | None:
    """The API token as the password of any user; or Bearer."""
    given = basic(headers.get("authorization"))
    return given[1] if given else bearer(headers.get("authorization"))
