"""What is to be switched off: declared once for each route, told to whoever calls it.

From one `Deprecation` come the headers of every answer of the route (RFC 9745, RFC 8594, RFC 5829), the mark in the
OpenAPI document, the page that the headers lead to, the line in the ledger, and the end itself, where it is enforced.
"""

import html
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from urllib.parse import quote

import msgspec

from headway.web.body import Answer

PAGES = "/docs/deprecations"
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{name}</title></head>
<body><h1>{name}</h1>
<p>Deprecated on {since}, switched off on {sunset}.</p>
<table><tr><th>instead of</th><th>call</th></tr>
{rows}
</table></body></html>
"""


class Deprecation(msgspec.Struct, frozen=True, kw_only=True):
    """That a route is to be switched off. Times are whole seconds UTC since 1970."""

    name: str
    """What it is called in the ledger, and where its page is."""
    since: int
    sunset: int
    """Not before `since`."""
    successor: str
    """The path that takes its place, with the same `{names}`."""


def headers_of(it: Deprecation, origin: str, params: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """What every answer of the route says; `params` are those of its path, as they were asked for."""
    successor = it.successor
    for name, value in params.items():
        successor = successor.replace(f"{{{name}}}", quote(value, safe=""))
    page = f'<{origin}{PAGES}/{it.name}>; rel="%s"; type="text/html"'
    links = (f'<{origin}{successor}>; rel="successor-version"', page % "deprecation", page % "sunset")
    return [
        (b"deprecation", b"@%d" % it.since),
        (b"sunset", formatdate(it.sunset, usegmt=True).encode()),
        (b"link", ", ".join(links).encode("latin-1", "replace")),
    ]


def page(name: str, instead: Iterable[tuple[str, Deprecation]]) -> Answer:
    """The page that the headers lead to: what to call instead of which path."""
    found = list(instead)
    rows = "\n".join(
        f"<tr><td>{html.escape(path)}</td><td>{html.escape(it.successor)}</td></tr>" for path, it in found
    )
    since, sunset = (_day(at) for at in (found[0][1].since, found[0][1].sunset))
    body = _PAGE.format(name=html.escape(name), since=since, sunset=sunset, rows=rows)
    return Answer(body.encode(), 200, [(b"content-type", b"text/html; charset=utf-8")])


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
