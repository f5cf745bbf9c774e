"""The words that all documents for Envoy share, and how it is to serve."""

from typing import Any

import msgspec

Document = dict[str, Any]

TYPES = "type.googleapis.com/envoy."
HTTP_PORT, HTTPS_PORT = 80, 443


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How Envoy serves. Times are in seconds."""

    host: str
    port: int
    tls_host: str = ""
    tls_port: int = 0
    """0: nothing is served over TLS."""
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
    replaced_seconds: int = 86400
    """How long a connection may live on after the certificate that it was opened with was replaced."""

    @property
    def is_tls(self) -> bool:
        """Whether anything is served over TLS."""
        return self.tls_port != 0


def cluster_name(app_id: str) -> str:
    """What the app's cluster is called."""
    return f"app-{app_id}"


def named(name: str, config: Document) -> Document:
    """An extension of Envoy with its settings."""
    return {"name": name, "typed_config": config}


def seconds(seconds: float) -> str:
    """A duration."""
    return f"{seconds:.3f}s"


def answer(name: str, status: int) -> Document:
    """A route that is answered by Envoy itself."""
    return {"name": name, "match": {"prefix": "/"}, "direct_response": {"status": status}}
