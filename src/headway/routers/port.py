"""The router port: which hostnames lead to which containers.

Whole states, never deltas: every call may be repeated. The router remembers its routes in its own folder and
serves on while the control plane is dead.
"""

from collections.abc import AsyncIterator
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


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request that has been answered, or given up. Texts are as the client sent them, the long ones cut off."""

    end: int
    """Where it ends among all that have been: a later one has a higher number."""
    at: int
    """When it came, in microseconds UTC."""
    app_id: str
    """Empty where the hostname was of no app."""
    method: str
    host: str
    path: str
    protocol: str
    """http or https."""
    status: int
    """0 where nothing was answered."""
    duration_ms: int
    """From its first byte to the last of the answer."""
    bytes_out: int
    """Of the answer's body."""
    endpoint: Endpoint | None
    """The container that answered; None where the router did."""
    client: str
    """Its address."""
    request_id: str
    referer: str
    agent: str

    @property
    def ended_at(self) -> int:
        """When the answer ended, in microseconds UTC."""
        return self.at + 1000 * self.duration_ms


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """A chain, the host's own first, and its private key; both PEM."""

    chain: str
    key: str

    def __repr__(self) -> str:
        """Nothing of the key: what is shown may end in a log."""
        return f"Certificate(chain={len(self.chain)} bytes)"


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """A name that leads to an app; without a certificate of its own it is served with the router's."""

    name: str
    certificate: Certificate | None = None


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """The names of an app beside those of its route, which they outlive: they come and go by themselves."""

    app_id: str
    hosts: tuple[Host, ...] = ()
    canonical: str = ""
    """One of them, to which requests by every other name of the app are redirected; or none."""


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """What an authority asks for, to see that a name leads here."""

    host: str
    token: str
    answer: str

    @property
    def path(self) -> str:
        """Where it asks."""
        return f"/.well-known/acme-challenge/{self.token}"


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

    async def site(self, site: Site) -> None:
        """Make these the names of the app's own; return once they are live. One without hosts is forgotten."""
        ...

    async def sites(self) -> list[Site]:
        """Which names lead to which app beside those of its route, by app id."""
        ...

    async def answer(self, challenge: Challenge) -> None:
        """Answer it over HTTP, whether an app has the name or not; return once that is live. Not kept."""
        ...

    async def answer_no_more(self, challenge: Challenge) -> None:
        """Answer it no more."""
        ...

    async def drained(self, endpoint: Endpoint, *, seconds: float) -> bool:
        """Wait until no request to the endpoint is in flight; False if some still are after `seconds`."""
        ...

    def requests(self, after: int) -> AsyncIterator[list[Request]]:
        """What has been answered behind `after` (0: from the earliest that is kept), as it comes; never ends by itself.

        Each is told once, also of those that were answered while the control plane was dead. Only one may read.
        """
        ...

    async def forget_requests(self, end: int) -> None:
        """Requests up to `end` need not be kept any more."""
        ...
