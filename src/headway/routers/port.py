"""The router port: which hostnames lead to which containers.

Whole states, never deltas: every call may be repeated. The router remembers its routes in its own folder and
serves on while the control plane is dead.
"""

from typing import Protocol

import msgspec


class Endpoint(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Where one container accepts connections."""

    host: str
    port: int


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the router knows of one app."""

    app_id: str
    app: str
    """The app's name, for pages and the access log."""
    hostnames: tuple[str, ...]
    endpoints: tuple[Endpoint, ...] = ()
    draining: tuple[Endpoint, ...] = ()
    """Receive no new requests; those in flight are finished."""
    stopped: bool = False
    """With no endpoints: show the page of a stopped app instead of the one of an app with no live container."""
    force_https: bool = False
    sticky_session: bool = False


class Router(Protocol):
    """Leads traffic to containers. Raises `errors.Retry` when it cannot be reached."""

    async def route(self, route: Route) -> None:
        """Make this the whole route of the app; return once it is live for new requests."""
        ...

    async def drop(self, app_id: str) -> None:
        """Forget the app; return once its hostnames are unknown."""
        ...

    async def routes(self) -> list[Route]:
        """What the router leads where, by app id."""
        ...

    async def drained(self, endpoint: Endpoint, *, seconds: float) -> bool:
        """Wait until no request to the endpoint is in flight; False if some still are after `seconds`."""
        ...
