"""Which host leads where, as Envoy is told: virtual hosts; nothing here reads, writes or waits.

An app has one virtual host. With a canonical name it has a second one, for its other names: that one only redirects.
Within each, what an authority asks for comes first, then the redirect to https, then the app.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from headway.routers.envoy_terms import (
    HTTP_PORT,
    HTTPS_PORT,
    TYPES,
    Document,
    Settings,
    answer,
    cluster_name,
    named,
    seconds,
)
from headway.routers.pages import STOPPED_STATUS
from headway.routers.port import Challenge, Route, Site

PROBE_HOST = "probe.headway.invalid"
STICKY_COOKIE = "sc-sticky-session"
STICKY = "envoy.filters.http.stateful_session"

_HOSTNAME = re.compile(r"(?=.{1,253}$)(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*")
_READS = ("GET|HEAD", "MOVED_PERMANENTLY")
"""What asks again as a GET may be told so with the status that every client knows; all else keeps its method."""
_WRITES = ("", "PERMANENT_REDIRECT")


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """The names that an app has in the end."""

    route: Route
    names: list[str]
    canonical: str


def virtual_hosts(
    routes: Iterable[Route], sites: Iterable[Site], challenges: Sequence[Challenge], settings: Settings
) -> list[Document]:
    """Every host but that of all others.

    A hostname that cannot be one is left out, and one that two apps claim goes to the lower app id: Envoy would
    refuse the whole document, and every later change with it.
    """
    hosts: list[Document] = []
    taken = {PROBE_HOST}
    for claim in claimed(routes, sites):
        taken.update(claim.names)
        hosts += _hosts_of(claim, challenges, settings)
    for name in sorted({it.host for it in challenges} - taken):
        if _HOSTNAME.fullmatch(name):
            entries = [*_challenges(challenges, [name]), answer("unknown", 404)]
            hosts.append({"name": f"challenge-{name}", "domains": [name], "routes": entries})
    return hosts


def claimed(routes: Iterable[Route], sites: Iterable[Site]) -> Iterator[Claim]:
    """Every app that is led to under some name, by app id."""
    taken = {PROBE_HOST}
    by_app = {site.app_id: site for site in sites}
    for route in sorted(routes, key=lambda route: route.app_id):
        site = by_app.get(route.app_id) or Site(app_id=route.app_id)
        wanted = dict.fromkeys(name.lower() for name in (*route.hostnames, *(it.name for it in site.hosts)))
        names = [name for name in wanted if name not in taken and is_hostname(name)]
        taken.update(names)
        if names:
            canonical = site.canonical if site.canonical in names else ""
            yield Claim(route=route, names=names, canonical=canonical)


def is_hostname(name: str) -> bool:
    """Whether Envoy can be told to serve it."""
    return _HOSTNAME.fullmatch(name) is not None


def _hosts_of(claim: Claim, challenges: Sequence[Challenge], settings: Settings) -> Iterator[Document]:
    route, name = claim.route, cluster_name(claim.route.app_id)
    here = [claim.canonical] if claim.canonical else claim.names
    entries = [*_challenges(challenges, here), *_to_https(route, settings), _to_app(route, settings)]
    yield {"name": name, "domains": here, "routes": entries, **_require_tls(route, settings)}
    if others := [it for it in claim.names if it not in here]:
        entries = [*_challenges(challenges, others), *_to_canonical(claim, settings)]
        yield {"name": f"{name}-others", "domains": others, "routes": entries}


def _require_tls(route: Route, settings: Settings) -> Document:
    """Where nothing here speaks TLS, somebody in front of us may, at the usual port."""
    return {"require_tls": "ALL"} if route.force_https and not settings.is_tls else {}


def _challenges(challenges: Sequence[Challenge], names: Sequence[str]) -> list[Document]:
    """Answered by every name of the host: nobody can guess a token, and its answer tells nothing else."""
    return [
        {
            "name": "challenge",
            "match": {"path": it.path},
            "direct_response": {"status": 200, "body": {"inline_string": it.answer}},
            "response_headers_to_add": [_plain_text()],
        }
        for it in challenges
        if it.host in names
    ]


def _plain_text() -> Document:
    header = {"key": "content-type", "value": "text/plain"}
    return {"header": header, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}


def _to_https(route: Route, settings: Settings) -> list[Document]:
    if not (route.force_https and settings.is_tls):
        return []
    # A host that came with the port of the plain listener must lose it.
    usual = settings.tls_port == HTTPS_PORT and settings.port == HTTP_PORT
    where: Document = {"https_redirect": True, **({} if usual else {"port_redirect": settings.tls_port})}
    return [_redirect(kind, where, "http") for kind in (_READS, _WRITES)]


def _to_canonical(claim: Claim, settings: Settings) -> list[Document]:
    """To the same scheme; or right to https, where the app insists on that."""
    secure = _at(claim.canonical, settings.tls_port or HTTPS_PORT, HTTPS_PORT)
    plain = _at(claim.canonical, settings.port, HTTP_PORT)
    if claim.route.force_https:
        secure, plain = secure | {"https_redirect": True}, secure | {"https_redirect": True}
    # The last two have no condition, so that no request is left without a route.
    entries = [_redirect(kind, secure, "https") for kind in (_READS, _WRITES) if settings.is_tls]
    return [*entries, *(_redirect(kind, plain) for kind in (_READS, _WRITES))]


def _at(host: str, port: int, usual: int) -> Document:
    return {"host_redirect": host, **({} if port == usual else {"port_redirect": port})}


def _redirect(kind: tuple[str, str], where: Document, scheme: str = "") -> Document:
    methods, status = kind
    conditions: list[Document] = []
    if scheme:
        conditions.append({"name": "x-forwarded-proto", "string_match": {"exact": scheme}})
    if methods:
        conditions.append({"name": ":method", "string_match": {"safe_regex": {"regex": methods}}})
    match: Document = {"prefix": "/", **({"headers": conditions} if conditions else {})}
    return {"name": "redirect", "match": match, "redirect": {**where, "response_code": status}}


def _to_app(route: Route, settings: Settings) -> Document:
    stopped = route.stopped and not route.endpoints
    entry = answer("app", STOPPED_STATUS) if stopped else _forward(route, settings)
    labels = {"app": route.app, "app_id": route.app_id, "title": html.escape(route.app)}
    entry["metadata"] = {"filter_metadata": {"headway": labels}}
    return entry


def _forward(route: Route, settings: Settings) -> Document:
    action: Document = {
        "cluster": cluster_name(route.app_id),
        "timeout": "0s",
        "idle_timeout": seconds(settings.idle_seconds),
        "retry_policy": {
            "retry_on": "connect-failure,refused-stream,reset-before-request",
            "num_retries": 3,
            # Only until the first byte: Envoy lets an answer that has begun go on.
            "per_try_timeout": seconds(settings.first_byte_seconds),
            "retry_back_off": {"base_interval": "0.005s", "max_interval": "0.050s"},
            "retry_host_predicate": [named("envoy.retry_host_predicates.previous_hosts", _PREVIOUS)],
            "host_selection_retry_max_attempts": 5,
        },
    }
    entry: Document = {"name": "app", "match": {"prefix": "/"}, "route": action}
    if route.sticky_session:
        entry["typed_per_filter_config"] = {STICKY: _sticky(settings)}
    return entry


_PREVIOUS: Document = {"@type": f"{TYPES}extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"}


def _sticky(settings: Settings) -> Document:
    cookie = {"name": STICKY_COOKIE, "path": "/", "ttl": f"{settings.sticky_seconds}s"}
    state = {
        "@type": f"{TYPES}extensions.http.stateful_session.cookie.v3.CookieBasedSessionState",
        "cookie": cookie,
    }
    return {
        "@type": f"{TYPES}extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute",
        "stateful_session": {"session_state": named("envoy.http.stateful_session.cookie", state)},
    }
