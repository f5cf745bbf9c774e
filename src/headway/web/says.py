"""What goes into a handler and what comes out of it, said as plain data above it.

    @Says(wire.Formation, 202, body=wire.Scale, keyed=True, location=True)
    async def scale(ask: Ask) -> Answer:

Every route's handler says this; openapi.py makes a document of it. What may be refused on any such route, for want of
a token or for a body that cannot be read, need not be said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, TypeVar

from headway.errors import Refusal

H = TypeVar("H", bound=Callable[..., Any])
_NAME = "__says__"


@dataclass(frozen=True, slots=True)
class Media:
    """A body that is not JSON, by its media type."""

    name: str


TEXT, HTML, STREAM = Media("text/plain"), Media("text/html"), Media("text/event-stream")


@dataclass(frozen=True, slots=True)
class Param:
    """Something that may be said in the query, or in a header."""

    name: str
    text: str
    type: Any = str
    place: str = "query"
    """`query` or `header`."""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Says:
    """A description of a handler; to be put above it, like a decorator."""

    reply: Any = None
    """The type that is sent as JSON, or a `Media`, or None for no body. Of a WebSocket, the type of a frame."""
    status: int = 200
    _: KW_ONLY
    also: Mapping[int, Any] = field(default_factory=dict[int, Any])
    """What else may be answered when all is well, by its status."""
    body: Any = None
    """The type that the JSON body is decoded as, or a `Media`."""
    params: tuple[Param, ...] = ()
    refuses: tuple[type[Refusal], ...] = ()
    """How it may say no, beyond what any route like it may say."""
    keyed: bool = False
    """Whether it begins an operation, once for each `Idempotency-Key`."""
    location: bool = False
    """Whether `Location` names where to follow that operation."""

    def __call__(self, handler: H) -> H:
        """The handler, described."""
        setattr(handler, _NAME, self)
        return handler


def said(handler: Callable[..., Any]) -> Says | None:
    """What is said of the handler; None where nothing is."""
    return getattr(handler, _NAME, None)
