"""Which certificate is served for which name, as Envoy is told; nothing here reads, writes or waits.

Each name with a certificate has a filter chain of its own, so that another one for it touches no other's
connections. Certificates stand in the document itself: it is private, and renamed into its place as a whole.
"""

from collections.abc import Iterable, Iterator

from headway.routers.envoy_hosts_config import is_hostname
from headway.routers.envoy_terms import TYPES, Document, Settings, named
from headway.routers.port import Certificate, Host, Site

_TLS = f"{TYPES}extensions.transport_sockets.tls.v3.DownstreamTlsContext"
_INSPECTOR = f"{TYPES}extensions.filters.listener.tls_inspector.v3.TlsInspector"


def tls_listener(
    sites: Iterable[Site], fallback: Certificate, http: Document, settings: Settings
) -> Document:
    """The listener over TLS; `http` is what each connection is handed to, `fallback` serves every other name."""
    return {
        "@type": f"{TYPES}config.listener.v3.Listener",
        "name": "apps-tls",
        "address": {"socket_address": {"address": settings.tls_host, "port_value": settings.tls_port}},
        "enable_reuse_port": False,
        "listener_filters": [named("envoy.filters.listener.tls_inspector", {"@type": _INSPECTOR})],
        "filter_chains": [
            {
                "name": host.name,
                "filter_chain_match": {"server_names": [host.name]},
                **_chain(certificate, http),
            }
            for host, certificate in _certified(sites)
        ],
        "default_filter_chain": {"name": "", **_chain(fallback, http)},
    }


def _certified(sites: Iterable[Site]) -> Iterator[tuple[Host, Certificate]]:
    """Each name once: Envoy would refuse the whole document."""
    taken: set[str] = set()
    for site in sorted(sites, key=lambda site: site.app_id):
        for host in site.hosts:
            if host.certificate is not None and host.name not in taken and is_hostname(host.name):
                taken.add(host.name)
                yield host, host.certificate


def _chain(certificate: Certificate, http: Document) -> Document:
    pair = {
        "certificate_chain": {"inline_string": certificate.chain},
        "private_key": {"inline_string": certificate.key},
    }
    tls = {
        "@type": _TLS,
        "common_tls_context": {
            "tls_params": {"tls_minimum_protocol_version": "TLSv1_2"},
            "alpn_protocols": ["h2", "http/1.1"],
            "tls_certificates": [pair],
        },
    }
    return {
        "filters": [named("http", http)],
        "transport_socket": named("envoy.transport_sockets.tls", tls),
        "transport_socket_connect_timeout": "10s",
    }
