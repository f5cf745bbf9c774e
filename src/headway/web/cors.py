"""Use from pages in a browser: which origins may, and what they may send and read (CORS)."""

from collections.abc import Collection

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
SENT = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-None-Match",
    "Last-Event-ID",
    "X-Authorization-OTP",
    "X-Dry-Run",
    "X-Request-ID",
)
"""Headers that a page may send."""
READ = ("Allow", "ETag", "Link", "Location", "Retry-After", "X-Request-ID")
"""Headers that a page may read, beside those that any may."""
BELIEVED_SECONDS = 600


def within(origins: Collection[str], app: ASGIApp) -> ASGIApp:
    """The application as it is, where no origin may; else one that lets these in, all of them for `*`.

    Nothing is allowed that rests on cookies: whoever asks shows a token, which a page of somebody else does not have.
    """
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=tuple(origins),
        allow_methods=METHODS,
        allow_headers=SENT,
        expose_headers=READ,
        max_age=BELIEVED_SECONDS,
    )
