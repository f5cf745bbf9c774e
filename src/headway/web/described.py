"""A dialect's description of itself, served beside its other routes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import msgspec

from headway.errors import Refusal
from headway.web.ask import Ask
from headway.web.body import Answer, empty, ready
from headway.web.openapi import About, document
from headway.web.openapi_pages import page
from headway.web.routes import Route
from headway.web.says import HTML, Says


def described(
    about: About, routes: tuple[Route, ...], refuse: Callable[[Refusal], Answer]
) -> tuple[Route, ...]:
    """The routes, and two more, told to anybody: `openapi.json`, and `openapi`, the same for people."""
    pages = _Pages(about, refuse)
    pages.routes = (
        *routes,
        Route("GET", f"{about.at}/openapi.json", pages.document, open=True),
        Route("GET", f"{about.at}/openapi", pages.page, open=True),
    )
    return pages.routes


class _Pages:
    """Made when somebody first asks for them."""

    def __init__(self, about: About, refuse: Callable[[Refusal], Answer]) -> None:
        self._about = about
        self._refuse = refuse
        self.routes: tuple[Route, ...] = ()

    @functools.cached_property
    def _document(self) -> dict[str, Any]:
        return document(self._about, self.routes, self._refuse)

    @functools.cached_property
    def _json(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self._document))

    @functools.cached_property
    def _html(self) -> bytes:
        return page(self._document).encode()

    @Says(dict[str, Any], also={304: None})
    async def document(self, ask: Ask) -> Answer:
        """What this dialect answers, for machines."""
        return _tagged(ask, self._json, "application/json")

    @Says(HTML, also={304: None})
    async def page(self, ask: Ask) -> Answer:
        """What this dialect answers, for people."""
        return _tagged(ask, self._html, "text/html; charset=utf-8")


def _tagged(ask: Ask, body: bytes, media: str) -> Answer:
    etag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    known = ask.headers.get("if-none-match", "")
    return empty(304, headers) if known == "*" or etag in known else ready(body, media, headers)
