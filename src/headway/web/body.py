"""Bodies: what came in, read under a limit and decoded; what goes out, as JSON."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeVar

import msgspec
from starlette.types import Message, Receive, Scope, Send

from headway.errors import Invalid, Malformed, TooLarge
from headway.model.operations import Operation

T = TypeVar("T")
STUCK_SECONDS_MAX = 60
"""A body of which nothing has come for so long is not waited for any longer."""
_MISSING = re.compile(r"missing required field `([^`]+)`")
_PATH = re.compile(r" - at `(?:key in )?\$([^`]*)`$")
_NAMES = re.compile(r"\w+")


class Disconnected(Exception):
    """The asker went away before the body was complete; nobody is left to answer."""


async def chunks(receive: Receive) -> AsyncIterator[bytes]:
    """The body as it comes. Disconnected where it ends before it is complete, Malformed where it gets stuck."""
    more = True
    while more:
        message = await _next(receive)
        if message["type"] == "http.disconnect":
            raise Disconnected
        more = message.get("more_body", False)
        yield message.get("body", b"")


async def _next(receive: Receive) -> Message:
    try:
        async with asyncio.timeout(STUCK_SECONDS_MAX):
            return await receive()
    except TimeoutError as error:
        raise Malformed(f"nothing of the body came for {STUCK_SECONDS_MAX} s") from error


async def read(receive: Receive, announced: str | None, bytes_max: int) -> bytes:
    """The whole body. TooLarge as soon as it is over `bytes_max`, whatever length was announced."""
    if announced is not None and announced.isdigit() and int(announced) > bytes_max:
        raise _too_large(bytes_max)
    parts = bytearray()
    async for chunk in chunks(receive):
        parts += chunk
        if len(parts) > bytes_max:
            raise _too_large(bytes_max)
    return bytes(parts)


def decode(raw: bytes, type: type[T]) -> T:
    """The JSON as `type`; an empty body counts as `{}`.

    Malformed where it is no JSON. Invalid, naming the field, where it is JSON of another shape.
    """
    try:
        return msgspec.json.decode(raw or b"{}", type=type)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error
    except _NO_JSON as error:
        raise _malformed(error) from error


def anything(raw: bytes) -> Any:
    """The JSON, whatever its shape; Malformed where it is none."""
    try:
        return msgspec.json.decode(raw)
    except _NO_JSON as error:
        raise _malformed(error) from error


_NO_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def _malformed(error: Exception) -> Malformed:
    return Malformed(f"the body is not valid JSON: {error}")


class About(msgspec.Struct, frozen=True):
    """Which operation an answer tells of, and whether that has ended.

    Such an answer rests on nothing but its path, who asks, what they may see, and this operation: no other header,
    no time, nothing outside the database.
    """

    operation: int
    ended: bool


class Answer:
    """A complete answer, as plain ASGI. Also refuses a WebSocket handshake."""

    __slots__ = ("about", "body", "headers", "status")

    def __init__(
        self, body: bytes, status: int, headers: list[tuple[bytes, bytes]], about: About | None = None
    ) -> None:
        self.about = about
        self.body = body
        self.status = status
        self.headers = headers

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
        # A 204 has no body, and so no length either; a 304 says nothing of the body that is known already.
        length = [] if self.status in {204, 304} else [(b"content-length", b"%d" % len(self.body))]
        await send({"type": f"{kind}.start", "status": self.status, "headers": [*self.headers, *length]})
        await send({"type": f"{kind}.body", "body": self.body})


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """The value as JSON."""
    return Answer(msgspec.json.encode(value), status, _raw("application/json; charset=utf-8", headers))


def told(value: Any, operation: Operation) -> Answer:
    """The value as JSON: what is to be told of an operation, and nothing else."""
    about = About(operation.id, operation.phase.terminal)
    return Answer(msgspec.json.encode(value), 200, _raw("application/json; charset=utf-8", None), about)


def text(value: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """The value as plain text."""
    return Answer(value.encode(), status, _raw("text/plain; charset=utf-8", headers))


def ready(value: bytes, media: str, headers: Mapping[str, str] | None = None) -> Answer:
    """What is complete already."""
    return Answer(value, 200, _raw(media, headers))


def empty(status: int = 204, headers: Mapping[str, str] | None = None) -> Answer:
    """No body at all."""
    return Answer(b"", status, _raw("", headers))


def _raw(media: str, headers: Mapping[str, str] | None) -> list[tuple[bytes, bytes]]:
    raw = [(b"content-type", media.encode())] if media else []
    for name, value in (headers or {}).items():
        raw.append((name.lower().encode("latin-1"), value.encode("latin-1")))
    return raw


def _too_large(bytes_max: int) -> TooLarge:
    return TooLarge(f"the body is larger than {bytes_max} bytes")


def _invalid(message: str) -> Invalid:
    path = _PATH.search(message)
    if missing := _MISSING.search(message):
        return Invalid(**{missing[1]: "missing field"})
    names = _NAMES.findall(path[1]) if path else []
    field = next((name for name in reversed(names) if not name.isdigit()), "body")
    return Invalid(**{field: message[: path.start()] if path else message})
