"""Which handler answers a path: a tree of segments, walked once, so that many routes cost no more than one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence

import msgspec
from starlette.types import ASGIApp

from headway.web.ask import Ask
from headway.web.deprecation import Deprecation
from headway.web.refusals import NoSuchPath, WrongMethod

WEBSOCKET = "WEBSOCKET"
"""The method of routes that are WebSocket handshakes."""

Handler = Callable[[Ask], Awaitable[ASGIApp]]
"""Takes what is asked; what it returns is sent as the answer. A `Refusal` is raised, never returned."""


class Route(msgspec.Struct, frozen=True):
    """One line in a dialect's table."""

    method: str
    path: str
    """Whole, from the origin: `/v1/apps/{app}`. A `{name}` stands for one segment."""
    handler: Handler
    open: bool = False
    """Answers without proof of identity, or asks for it in its own way."""
    deprecation: Deprecation | None = None
    """Says that it is to be switched off, and when."""
    audience: str | None = None
    """Whose tokens it takes, where that is not as in all of its dialect."""
    counted: bool = True
    """Whether it counts against the dialect's own limit: what clients do again and again does not."""


class Tree:
    """All routes of a dialect. A literal segment wins over a `{name}`; HEAD is answered by GET."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._root = _Node()
        for route in routes:
            node = self._root
            segments = _segments(route.path)
            for segment in segments:
                node = node.grow(segment)
            assert route.method not in node.routes, f"{route.method} {route.path} is there twice"
            names = [(segment[1:-1], n) for n, segment in enumerate(segments) if segment.startswith("{")]
            node.routes[route.method] = route, names

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route, and the value of each `{name}`. NoSuchPath, or WrongMethod."""
        segments = _segments(path)
        node = _walk(self._root, segments, 0)
        if node is None:
            raise NoSuchPath
        found = node.routes.get(method) or (node.routes.get("GET") if method == "HEAD" else None)
        if found is None:
            raise WrongMethod(method, _allowed(node.routes))
        route, names = found
        return route, {name: segments[n] for name, n in names}


class _Node:
    __slots__ = ("any", "literal", "routes")

    def __init__(self) -> None:
        self.literal: dict[str, _Node] = {}
        self.any: _Node | None = None
        self.routes: dict[str, tuple[Route, list[tuple[str, int]]]] = {}

    def grow(self, segment: str) -> _Node:
        if not segment.startswith("{"):
            return self.literal.setdefault(segment, _Node())
        if self.any is None:
            self.any = _Node()
        return self.any


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/")


def _allowed(known: Collection[str]) -> tuple[str, ...]:
    """What HTTP may say in `Allow`: no handshakes, and HEAD where GET is."""
    methods = {*known, *({"HEAD"} if "GET" in known else ())} - {WEBSOCKET}
    return tuple(sorted(methods))


def _walk(node: _Node, segments: list[str], at: int) -> _Node | None:
    while at < len(segments):
        literal = node.literal.get(segments[at])
        variable = node.any if segments[at] else None
        at += 1
        if literal is not None and variable is not None:
            return _walk(literal, segments, at) or _walk(variable, segments, at)
        node_there = literal or variable
        if node_there is None:
            return None
        node = node_there
    return node if node.routes else None
