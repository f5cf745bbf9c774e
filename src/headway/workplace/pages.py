"""Serves the page on which people answer tasks, at `/label`.

It is whole as it lies in `static/`: nothing is built, nothing is loaded from elsewhere but the images and links of the
tasks themselves. What may run in it is said in a policy that its browser keeps.
"""

import functools
from hashlib import blake2b
from pathlib import Path

import msgspec

from headway.errors import NotFound, Refusal, TooMany, Unavailable
from headway.web.ask import Ask
from headway.web.body import Answer, empty, ready, text
from headway.web.dialect import Dialect
from headway.web.refusals import WrongMethod
from headway.web.routes import Route

PREFIX = "/label"
PAGE = "index.html"
STATIC = Path(__file__).parent / "static"
MEDIA = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    # Tasks show images from anywhere.
    "img-src": "'self' http: https:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
GUARD = {
    "Content-Security-Policy": "; ".join(f"{what} {where}" for what, where in POLICY.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
STATUS: dict[type[Refusal], int] = {NotFound: 404, WrongMethod: 405, TooMany: 429, Unavailable: 503}


class File(msgspec.Struct, frozen=True):
    """One file, as it is sent."""

    body: bytes
    media: str
    etag: str


@functools.cache
def files() -> dict[str, File]:
    """Everything that the page consists of, by its name."""
    return {it.name: _read(it) for it in STATIC.iterdir() if it.suffix in MEDIA}


async def page(ask: Ask) -> Answer:
    """The page."""
    return _sent(ask, PAGE)


async def part(ask: Ask) -> Answer:
    """A part of it. NotFound."""
    return _sent(ask, ask.params["file"])


def refuse(refusal: Refusal) -> Answer:
    """No, in plain words."""
    status = next((STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS), 500)
    headers = dict(GUARD)
    if isinstance(refusal, WrongMethod):
        headers["Allow"] = ", ".join(refusal.allowed)
    if isinstance(refusal, (TooMany, Unavailable)):
        headers["Retry-After"] = str(refusal.retry_after)
    return text(f"{refusal}\n", status, headers)


WORKPLACE = Dialect(
    name="workplace",
    prefixes=(PREFIX,),
    routes=(
        Route("GET", PREFIX, page, open=True),
        Route("GET", f"{PREFIX}/{{file}}", part, open=True),
    ),
    secret=lambda _: None,
    refuse=refuse,
)


def _read(path: Path) -> File:
    body = path.read_bytes()
    return File(body, MEDIA[path.suffix], f'"{blake2b(body, digest_size=8).hexdigest()}"')


def _sent(ask: Ask, name: str) -> Answer:
    it = files().get(name)
    if it is None:
        raise NotFound("file", name)
    headers = {**GUARD, "ETag": it.etag}
    known = ask.headers.get("if-none-match", "")
    return empty(304, headers) if it.etag in known else ready(it.body, it.media, headers)
