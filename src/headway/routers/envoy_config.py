"""What Envoy is told, as plain documents; nothing here reads, writes or waits.

Envoy watches three files: its clusters (one per app, the containers inline), its routes (one virtual host per
app) and its listeners. Each document's version is a digest of its content, so the same routes make the same
files, and each of the first two carries its version where a probe can see it on a worker:

    clusters   a last, empty cluster named after the version; `CLUSTER_PROBE` tells whether a worker knows it
    routes     a virtual host that only answers, with the version in a header; `ROUTE_PROBE` shows it

Paths are relative to the folder that Envoy runs in.
"""

import hashlib
import html
import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from headway.routers.pages import STOPPED_STATUS, local_replies
from headway.routers.port import Endpoint, Route

Document = dict[str, Any]

XDS = "xds"
CLUSTERS, ROUTES, LISTENERS = "clusters.json", "routes.json", "listeners.json"
ADMIN, CLUSTER_PROBE, ROUTE_PROBE = "admin.sock", "clusters.sock", "routes.sock"
PROBE_HOST = "probe.headway.invalid"
PROBE_CLUSTER = "x-headway-cluster"
VERSION_HEADER = "x-headway-version"
STICKY_COOKIE = "sc-sticky-session"

_TYPES = "type.googleapis.com/envoy."
_HTTP = f"{_TYPES}extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
_STICKY = "envoy.filters.http.stateful_session"
_CONNECTIONS = "envoy.resource_monitors.global_downstream_max_connections"
_MANY = 1 << 20
_HOSTNAME = re.compile(r"(?=.{1,253}$)(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How Envoy serves. Times are in seconds."""

    host: str
    port: int
    workers: int
    access_log: str = "access.log"
    first_byte_seconds: float = 30
    idle_seconds: float = 60
    connect_seconds: float = 2
    keep_alive_seconds: float = 1.5
    """Shorter than any usual server keeps an idle connection, so that no request meets one being closed."""
    sticky_seconds: int = 86400
    connections_max: int = 50_000
    """From clients, at one time; more are closed at once."""


def bootstrap(settings: Settings) -> Document:
    """What Envoy reads once, at its start: where the files are, the admin socket and the two probes."""
    return {
        "node": {"id": "headway", "cluster": "headway"},
        "admin": {"address": _pipe(ADMIN)},
        "dynamic_resources": {"cds_config": _file(CLUSTERS), "lds_config": _file(LISTENERS)},
        "overload_manager": {"resource_monitors": [_named(_CONNECTIONS, _connections(settings))]},
        "static_resources": {
            "listeners": [
                _probe("clusters", CLUSTER_PROBE, {"route_config": _cluster_probe()}),
                _probe("routes", ROUTE_PROBE, {"rds": _rds()}),
            ]
        },
    }


def clusters(routes: Iterable[Route], settings: Settings) -> Document:
    """One cluster per app with the endpoints that may receive new requests, and the version last."""
    resources = [
        _cluster(cluster_name(route.app_id), route.endpoints, settings) for route in _ordered(routes)
    ]
    version = _digest(resources)
    # Envoy takes clusters in the order of the list: who knows the last one knows them all.
    resources.append(_cluster(version_cluster(version), (), settings))
    return _document(version, resources)


def routes(routes: Iterable[Route], settings: Settings) -> Document:
    """One virtual host per app, the page of an unknown host for all others, and the version.

    A hostname that cannot be one is left out, and one that two apps claim goes to the lower app id: Envoy would
    refuse the whole document, and every later change with it.
    """
    hosts = [_virtual_host(route, names, settings) for route, names in _claimed(routes)]
    hosts.append({"name": "unknown", "domains": ["*"], "routes": [_answer("unknown", 404)]})
    version = _digest(hosts)
    seen = {"response_headers_to_add": [_header(VERSION_HEADER, version)]}
    hosts.append({"name": "probe", "domains": [PROBE_HOST], "routes": [_answer("probe", 204)], **seen})
    config = {
        "@type": f"{_TYPES}config.route.v3.RouteConfiguration",
        "name": "apps",
        "ignore_port_in_host_matching": True,
        **_request_headers(),
        "virtual_hosts": hosts,
    }
    return _document(version, [config])


def listeners(settings: Settings) -> Document:
    """The one listener for traffic to apps."""
    listener = {
        "@type": f"{_TYPES}config.listener.v3.Listener",
        "name": "apps",
        "address": {"socket_address": {"address": settings.host, "port_value": settings.port}},
        "enable_reuse_port": False,
        "filter_chains": [{"filters": [_named("http", _connection_manager(settings))]}],
    }
    return _document(_digest([listener]), [listener])


def version(document: Document) -> str:
    """The version of a document made here."""
    return document["version_info"]


def cluster_name(app_id: str) -> str:
    """What the app's cluster is called."""
    return f"app-{app_id}"


def version_cluster(version: str) -> str:
    """What the cluster is called that exists where the clusters of this version do."""
    return f"version-{version}"


def probe_stats(socket: str) -> str:
    """A pattern for the counts of a probe's open connections, one count per worker."""
    return rf"^listener\.probe-{socket.partition('.')[0]}\.worker_[0-9]*\.downstream_cx_active$"


def _ordered(routes: Iterable[Route]) -> list[Route]:
    return sorted(routes, key=lambda route: route.app_id)


def _claimed(routes: Iterable[Route]) -> Iterable[tuple[Route, list[str]]]:
    taken = {PROBE_HOST}
    for route in _ordered(routes):
        wanted = dict.fromkeys(name.lower() for name in route.hostnames)
        names = [name for name in wanted if name not in taken and _HOSTNAME.fullmatch(name)]
        taken.update(names)
        if names:
            yield route, names


def _cluster(name: str, endpoints: Sequence[Endpoint], settings: Settings) -> Document:
    hosts = [{"endpoint": {"address": _address(endpoint)}} for endpoint in sorted(set(endpoints))]
    limits = dict.fromkeys(("max_connections", "max_pending_requests", "max_requests", "max_retries"), _MANY)
    return {
        "@type": f"{_TYPES}config.cluster.v3.Cluster",
        "name": name,
        "type": "STATIC",
        "connect_timeout": _seconds(settings.connect_seconds),
        "lb_policy": "LEAST_REQUEST",
        "common_lb_config": {"healthy_panic_threshold": {"value": 0}},
        "circuit_breakers": {"thresholds": [limits]},
        "typed_extension_protocol_options": {
            _OPTIONS: {
                "@type": f"type.googleapis.com/{_OPTIONS}",
                "common_http_protocol_options": {"idle_timeout": _seconds(settings.keep_alive_seconds)},
                "explicit_http_config": {"http_protocol_options": {}},
            }
        },
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": hosts}] if hosts else []},
    }


def _virtual_host(route: Route, names: list[str], settings: Settings) -> Document:
    answer = _answer("app", STOPPED_STATUS) if _is_stopped(route) else _forward(route, settings)
    labels = {"app": route.app, "app_id": route.app_id, "title": html.escape(route.app)}
    answer["metadata"] = {"filter_metadata": {"headway": labels}}
    tls = {"require_tls": "ALL"} if route.force_https else {}
    return {"name": cluster_name(route.app_id), "domains": names, "routes": [answer], **tls}


def _is_stopped(route: Route) -> bool:
    return route.stopped and not route.endpoints


def _forward(route: Route, settings: Settings) -> Document:
    action: Document = {
        "cluster": cluster_name(route.app_id),
        "timeout": "0s",
        "idle_timeout": _seconds(settings.idle_seconds),
        "retry_policy": {
            "retry_on": "connect-failure,refused-stream,reset-before-request",
            "num_retries": 3,
            # Only until the first byte: Envoy lets an answer that has begun go on.
            "per_try_timeout": _seconds(settings.first_byte_seconds),
            "retry_back_off": {"base_interval": "0.005s", "max_interval": "0.050s"},
            "retry_host_predicate": [_named("envoy.retry_host_predicates.previous_hosts", _PREVIOUS)],
            "host_selection_retry_max_attempts": 5,
        },
    }
    entry: Document = {"name": "app", "match": {"prefix": "/"}, "route": action}
    if route.sticky_session:
        entry["typed_per_filter_config"] = {_STICKY: _sticky(settings)}
    return entry


_PREVIOUS: Document = {"@type": f"{_TYPES}extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"}


def _sticky(settings: Settings) -> Document:
    cookie = {"name": STICKY_COOKIE, "path": "/", "ttl": f"{settings.sticky_seconds}s"}
    state = {
        "@type": f"{_TYPES}extensions.http.stateful_session.cookie.v3.CookieBasedSessionState",
        "cookie": cookie,
    }
    return {
        "@type": f"{_TYPES}extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute",
        "stateful_session": {"session_state": _named("envoy.http.stateful_session.cookie", state)},
    }


def _connection_manager(settings: Settings) -> Document:
    return {
        "@type": _HTTP,
        "stat_prefix": "apps",
        "rds": _rds(),
        "use_remote_address": True,
        # Envoy would name the machine in place of a client on it; `_REQUEST_HEADERS` names the client itself.
        "skip_xff_append": True,
        "internal_address_config": {"unix_sockets": False},
        "preserve_external_request_id": True,
        "server_name": "headway",
        "server_header_transformation": "APPEND_IF_ABSENT",
        "stream_idle_timeout": _seconds(settings.idle_seconds),
        "request_headers_timeout": _seconds(settings.first_byte_seconds),
        "http_protocol_options": {"accept_http_10": True, "default_host_for_http_10": "unknown.invalid"},
        "upgrade_configs": [{"upgrade_type": "websocket"}],
        "http_filters": [
            _named(
                _STICKY, {"@type": f"{_TYPES}extensions.filters.http.stateful_session.v3.StatefulSession"}
            ),
            _router(),
        ],
        "local_reply_config": {"mappers": local_replies()},
        "access_log": [_named("file", _access_log(settings))],
    }


def _access_log(settings: Settings) -> Document:
    line = {
        "time": "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
        "app": "%METADATA(ROUTE:headway:app)%",
        "app_id": "%METADATA(ROUTE:headway:app_id)%",
        "method": "%REQ(:METHOD)%",
        "host": "%REQ(:AUTHORITY):256%",
        "path": "%REQ(:PATH):2048%",
        "protocol": "%REQ(X-FORWARDED-PROTO):8%",
        "status": "%RESPONSE_CODE%",
        "duration_ms": "%DURATION%",
        "bytes_in": "%BYTES_RECEIVED%",
        "bytes_out": "%BYTES_SENT%",
        "upstream": "%UPSTREAM_HOST%",
        "flags": "%RESPONSE_FLAGS%",
        "details": "%RESPONSE_CODE_DETAILS%",
        "request_id": "%REQ(X-REQUEST-ID):128%",
        "from": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
        "agent": "%REQ(USER-AGENT):256%",
        "referer": "%REQ(REFERER):1024%",
    }
    return {
        "@type": f"{_TYPES}extensions.access_loggers.file.v3.FileAccessLog",
        "path": settings.access_log,
        "log_format": {"json_format": line},
    }


def _rds() -> Document:
    return {"route_config_name": "apps", "config_source": _file(ROUTES)}


def _router() -> Document:
    router = {"@type": f"{_TYPES}extensions.filters.http.router.v3.Router", "suppress_envoy_headers": True}
    return _named("envoy.filters.http.router", router)


def _probe(name: str, socket: str, where: Document) -> Document:
    """A private listener that gives each worker one connection, so that each can be asked what it knows."""
    manager = {
        "@type": _HTTP,
        "stat_prefix": name,
        **where,
        "common_http_protocol_options": {"idle_timeout": "0s"},
        "http_filters": [_router()],
    }
    return {
        "name": name,
        "stat_prefix": f"probe-{name}",
        "address": _pipe(socket),
        "ignore_global_conn_limit": True,
        "connection_balance_config": {"exact_balance": {}},
        "filter_chains": [{"filters": [_named("http", manager)]}],
    }


def _cluster_probe() -> Document:
    action = {"cluster_header": PROBE_CLUSTER, "cluster_not_found_response_code": "NOT_FOUND"}
    routes = [{"match": {"prefix": "/"}, "route": action}]
    return {"name": "probe", "virtual_hosts": [{"name": "probe", "domains": ["*"], "routes": routes}]}


def _connections(settings: Settings) -> Document:
    kind = f"{_TYPES}extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig"
    return {"@type": kind, "max_active_downstream_connections": settings.connections_max}


def _answer(name: str, status: int) -> Document:
    return {"name": name, "match": {"prefix": "/"}, "direct_response": {"status": status}}


_CLIENT = "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"
_REQUEST_HEADERS = {
    "X-Real-IP": _CLIENT,
    "X-Forwarded-Port": "%DOWNSTREAM_LOCAL_PORT%",
    "X-Request-Start": "t=%START_TIME(%s%3f)%",
}


def _header(name: str, value: str) -> Document:
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}


def _request_headers() -> Document:
    forwarded = {
        "header": {"key": "X-Forwarded-For", "value": _CLIENT},
        "append_action": "APPEND_IF_EXISTS_OR_ADD",
    }
    return {
        "request_headers_to_add": [forwarded, *(_header(*pair) for pair in _REQUEST_HEADERS.items())],
        "request_headers_to_remove": ["x-envoy-internal", "x-envoy-external-address"],
    }


def _address(endpoint: Endpoint) -> Document:
    return {"socket_address": {"address": endpoint.host, "port_value": endpoint.port}}


def _pipe(path: str) -> Document:
    return {"pipe": {"path": path, "mode": 0o600}}


def _file(name: str) -> Document:
    source = {"path": f"{XDS}/{name}", "watched_directory": {"path": XDS}}
    return {"path_config_source": source, "resource_api_version": "V3"}


def _named(name: str, config: Document) -> Document:
    return {"name": name, "typed_config": config}


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}s"


def _digest(resources: list[Document]) -> str:
    return hashlib.blake2b(msgspec.json.encode(resources, order="sorted"), digest_size=16).hexdigest()


def _document(version: str, resources: list[Document]) -> Document:
    return {"version_info": version, "resources": resources}
