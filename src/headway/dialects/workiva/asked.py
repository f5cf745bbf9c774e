"""What every request of this dialect goes through: the version it names, the time it may take, the id it asks for."""

import asyncio
import functools
from typing import Literal, get_args

from starlette.types import ASGIApp

from headway import ids
from headway.dialects.workiva import wire
from headway.dialects.workiva.answers import said
from headway.errors import Malformed, NotFound, Unavailable
from headway.model.operations import Operation
from headway.web.ask import Ask
from headway.web.body import Answer
from headway.web.routes import Handler
from headway.web.says import Param

LEGACY = "/platform/v1"
Version = Literal["2022-01-01", "2026-01-01"]
VERSIONS = frozenset(get_args(Version))
"""Any of them is taken on any path, and none need be named: the path decides."""
VERSION = Param(
    "X-Version", "Version of the API; the path decides, and none need be named.", Version, "header"
)
ANSWER_SECONDS_MAX = 29
RETRY_SECONDS = 1
"""After how long to look for the first time at what was just begun."""


def checked(handler: Handler, *, seconds: float = ANSWER_SECONDS_MAX) -> Handler:
    """The handler, for versions that there are; Unavailable where its answer would take longer than any may."""

    @functools.wraps(handler)
    async def handle(ask: Ask) -> ASGIApp:
        if ask.headers.get("x-version", "2026-01-01") not in VERSIONS:
            raise Malformed("X-Version names no version")
        try:
            async with asyncio.timeout(seconds):
                return await handler(ask)
        except TimeoutError as late:
            raise Unavailable("the answer took too long") from late

    return handle


def id_of(ask: Ask, name: str, noun: str) -> int:
    """The id in the path; NotFound where none is shown like that."""
    shown = ask.params[name]
    id = ids.parse(shown)
    if id is None:
        raise NotFound(noun, shown)
    return id


def begun(ask: Ask, operation: Operation) -> Answer:
    """The answer to whoever began it: where to follow it, on the generation of paths that they use."""
    path: str = ask.scope["path"]
    prefix = LEGACY if path.startswith(f"{LEGACY}/") else ""
    url = f"{ask.origin}{prefix}/operations/{ids.show(operation.id)}"
    return said(wire.Accepted(url), 202, {"Location": url, "Retry-After": str(RETRY_SECONDS)})
