"""What Envoy is told, as plain documents; nothing here reads, writes or waits.

Envoy watches three files: its clusters (one per app, the containers inline), its routes (one virtual host per
app) and its listeners. Each document's version is a digest of its content, so the same routes make the same
files, and each of the first two carries its version where a probe can see it on a worker; the third is told of by
its stats:

    clusters   a last, empty cluster named after the version; `CLUSTER_PROBE` tells whether a worker knows it
    routes     a virtual host that only answers, with the version in a header; `ROUTE_PROBE` shows it

Paths are relative to the folder that Envoy runs in.
"""

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from headway.routers.envoy_hosts_config import PROBE_HOST, STICKY, virtual_hosts
from headway.routers.envoy_terms import TYPES, Document, Settings, answer, cluster_name, named, seconds
from headway.routers.envoy_tls_config import tls_listener
from headway.routers.pages import local_replies
from headway.routers.port import Certificate, Challenge, Endpoint, Route, Site

XDS = "xds"
CLUSTERS, ROUTES, LISTENERS = "clusters.json", "routes.json", "listeners.json"
ADMIN, CLUSTER_PROBE, ROUTE_PROBE = "admin.sock", "clusters.sock", "routes.sock"
PROBE_CLUSTER = "x-headway-cluster"
VERSION_HEADER = "x-headway-version"
LISTENER_STATS = r"^listener_manager\.(lds\.version_text|total_listeners_warming)$"
"""A pattern for what Envoy's main thread knows of its listeners."""

_HTTP = f"{TYPES}extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
_CONNECTIONS = "envoy.resource_monitors.global_downstream_max_connections"
_MANY = 1 << 20


def bootstrap(settings: Settings) -> Document:
    """What Envoy reads once, at its start: where the files are, the admin socket and the two probes."""
    return {
        "node": {"id": "headway", "cluster": "headway"},
        "admin": {"address": _pipe(ADMIN)},
        "dynamic_resources": {"cds_config": _file(CLUSTERS), "lds_config": _file(LISTENERS)},
        "overload_manager": {"resource_monitors": [named(_CONNECTIONS, _connections(settings))]},
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


def routes(
    routes: Iterable[Route],
    settings: Settings,
    sites: Iterable[Site] = (),
    challenges: Sequence[Challenge] = (),
    listening: str = "",
) -> Document:
    """The virtual hosts of apps, the page of an unknown host for all others, and the version.

    `listening` is the version of the listeners. A worker takes what it is told in the order in which it is told: one
    that knows these routes knows those listeners, if Envoy took them before.
    """
    hosts = virtual_hosts(routes, sites, challenges, settings)
    hosts.append({"name": "unknown", "domains": ["*"], "routes": [answer("unknown", 404)]})
    version = _digest([*hosts, {"listening": listening}])
    seen = {"response_headers_to_add": [_header(VERSION_HEADER, version)]}
    hosts.append({"name": "probe", "domains": [PROBE_HOST], "routes": [answer("probe", 204)], **seen})
    config = {
        "@type": f"{TYPES}config.route.v3.RouteConfiguration",
        "name": "apps",
        "ignore_port_in_host_matching": True,
        **_request_headers(),
        "virtual_hosts": hosts,
    }
    return _document(version, [config])


def listeners(
    settings: Settings, sites: Iterable[Site] = (), fallback: Certificate | None = None
) -> Document:
    """Where traffic to apps comes in: plain, and over TLS where the settings say so and there is a `fallback`."""
    manager = _connection_manager(settings)
    resources: list[Document] = [
        {
            "@type": f"{TYPES}config.listener.v3.Listener",
            "name": "apps",
            "address": {"socket_address": {"address": settings.host, "port_value": settings.port}},
            "enable_reuse_port": False,
            "filter_chains": [{"filters": [named("http", manager)]}],
        }
    ]
    if settings.is_tls and fallback is not None:
        resources.append(tls_listener(sites, fallback, manager, settings))
    return _document(_digest(resources), resources)


def version(document: Document) -> str:
    """The version of a document made here."""
    return document["version_info"]


def version_cluster(version: str) -> str:
    """What the cluster is called that exists where the clusters of this version do."""
    return f"version-{version}"


def probe_stats(socket: str) -> str:
    """A pattern for the counts of a probe's open connections, one count per worker."""
    return rf"^listener\.probe-{socket.partition('.')[0]}\.worker_[0-9]*\.downstream_cx_active$"


def _ordered(routes: Iterable[Route]) -> list[Route]:
    return sorted(routes, key=lambda route: route.app_id)


def _cluster(name: str, endpoints: Sequence[Endpoint], settings: Settings) -> Document:
    hosts = [{"endpoint": {"address": _address(endpoint)}} for endpoint in sorted(set(endpoints))]
    limits = dict.fromkeys(("max_connections", "max_pending_requests", "max_requests", "max_retries"), _MANY)
    return {
        "@type": f"{TYPES}config.cluster.v3.Cluster",
        "name": name,
        "type": "STATIC",
        "connect_timeout": seconds(settings.connect_seconds),
        "lb_policy": "LEAST_REQUEST",
        "common_lb_config": {"healthy_panic_threshold": {"value": 0}},
        "circuit_breakers": {"thresholds": [limits]},
        "typed_extension_protocol_options": {
            _OPTIONS: {
                "@type": f"type.googleapis.com/{_OPTIONS}",
                "common_http_protocol_options": {"idle_timeout": seconds(settings.keep_alive_seconds)},
                "explicit_http_config": {"http_protocol_options": {}},
            }
        },
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": hosts}] if hosts else []},
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
        "stream_idle_timeout": seconds(settings.idle_seconds),
        "request_headers_timeout": seconds(settings.first_byte_seconds),
        "http_protocol_options": {"accept_http_10": True, "default_host_for_http_10": "unknown.invalid"},
        "upgrade_configs": [{"upgrade_type": "websocket"}],
        "http_filters": [
            named(STICKY, {"@type": f"{TYPES}extensions.filters.http.stateful_session.v3.StatefulSession"}),
            _router(),
        ],
        "local_reply_config": {"mappers": local_replies()},
        "access_log": [named("file", _access_log(settings))],
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
        "@type": f"{TYPES}extensions.access_loggers.file.v3.FileAccessLog",
        "path": settings.access_log,
        "log_format": {"json_format": line},
    }


def _rds() -> Document:
    return {"route_config_name": "apps", "config_source": _file(ROUTES)}


def _router() -> Document:
    router = {"@type": f"{TYPES}extensions.filters.http.router.v3.Router", "suppress_envoy_headers": True}
    return named("envoy.filters.http.router", router)


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
        "filter_chains": [{"filters": [named("http", manager)]}],
    }


def _cluster_probe() -> Document:
    action = {"cluster_header": PROBE_CLUSTER, "cluster_not_found_response_code": "NOT_FOUND"}
    routes = [{"match": {"prefix": "/"}, "route": action}]
    return {"name": "probe", "virtual_hosts": [{"name": "probe", "domains": ["*"], "routes": routes}]}


def _connections(settings: Settings) -> Document:
    kind = f"{TYPES}extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig"
    return {"@type": kind, "max_active_downstream_connections": settings.connections_max}


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


def _digest(resources: list[Document]) -> str:
    return hashlib.blake2b(msgspec.json.encode(resources, order="sorted"), digest_size=16).hexdigest()


def _document(version: str, resources: list[Document]) -> Document:
    return {"version_info": version, "resources": resources}
