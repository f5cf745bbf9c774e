"""A router in memory: it answers what Envoy would answer, without a connection, and counts what is in flight."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

import msgspec

from headway.clock import Clock
from headway.errors import Retry
from headway.routers.port import Challenge, Endpoint, Route, Site

_PAUSE = 0.01


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a client would see: a container's answer, or one of the router's own, named by `error`."""

    status: int
    endpoint: Endpoint | None = None
    error: str = ""


class MemoryRouter:
    """Stands in for a router in tests; `ask` and `hold` are the traffic.

    `changes` holds every call of `route` and `drop` in its order, the latter as None. While `is_reachable` is
    False every call raises Retry.
    """

    def __init__(self, clock: Clock) -> None:
        self.is_reachable = True
        self.changes: list[tuple[str, Route | None]] = []
        self._clock = clock
        self._routes: dict[str, Route] = {}
        self._sites: dict[str, Site] = {}
        self._challenges: list[Challenge] = []
        self._in_flight: Counter[Endpoint] = Counter()
        self._turns: Counter[str] = Counter()

    async def route(self, route: Route) -> None:
        """Make this the whole route of the app."""
        self._reach()
        self.changes.append((route.app_id, route))
        self._routes[route.app_id] = route

    async def drop(self, app_id: str) -> None:
        """Forget the app."""
        self._reach()
        self.changes.append((app_id, None))
        self._routes.pop(app_id, None)

    async def routes(self) -> list[Route]:
        """What leads where, by app id."""
        self._reach()
        return [self._routes[app_id] for app_id in sorted(self._routes)]

    async def site(self, site: Site) -> None:
        """Make these the names of the app's own."""
        self._reach()
        self._sites[site.app_id] = site
        if not site.hosts:
            del self._sites[site.app_id]

    async def sites(self) -> list[Site]:
        """Which names lead to which app beside those of its route, by app id."""
        self._reach()
        return [self._sites[app_id] for app_id in sorted(self._sites)]

    async def answer(self, challenge: Challenge) -> None:
        """Answer it."""
        self._reach()
        if challenge not in self._challenges:
            self._challenges.append(challenge)

    async def answer_no_more(self, challenge: Challenge) -> None:
        """Answer it no more."""
        self._reach()
        if challenge in self._challenges:
            self._challenges.remove(challenge)

    def answers(self, host: str, path: str) -> str | None:
        """What a request for a challenge is answered with."""
        return next((it.answer for it in self._challenges if (it.host, it.path) == (host, path)), None)

    async def drained(self, endpoint: Endpoint, *, seconds: float) -> bool:
        """Wait until nothing is held at the endpoint; False if something still is after `seconds`."""
        self._reach()
        deadline = self._clock.monotonic() + seconds
        while self._in_flight[endpoint] > 0:
            if self._clock.monotonic() >= deadline:
                return False
            await self._clock.sleep(_PAUSE)
        return True

    def ask(self, hostname: str) -> Answer:
        """A request to that hostname, answered at once."""
        route = self._find(hostname)
        if route is None:
            return Answer(status=404, error="unknown-host")
        if route.force_https or self._leads_elsewhere(route, hostname):
            return Answer(status=301)
        if not route.endpoints:
            return Answer(status=503, error="stopped" if route.stopped else "no-container")
        endpoints = sorted(set(route.endpoints))
        self._turns[route.app_id] += 1
        return Answer(status=200, endpoint=endpoints[self._turns[route.app_id] % len(endpoints)])

    @contextmanager
    def hold(self, hostname: str) -> Generator[Answer]:
        """A request to that hostname that is in flight until the end of the block."""
        answer = self.ask(hostname)
        if answer.endpoint:
            self._in_flight[answer.endpoint] += 1
        try:
            yield answer
        finally:
            if answer.endpoint:
                self._in_flight[answer.endpoint] -= 1

    def _find(self, hostname: str) -> Route | None:
        wanted = hostname.lower().partition(":")[0]
        for app_id in sorted(self._routes):
            site = self._sites.get(app_id, Site(app_id=app_id))
            names = (*self._routes[app_id].hostnames, *(host.name for host in site.hosts))
            if wanted in {name.lower() for name in names}:
                return self._routes[app_id]
        return None

    def _leads_elsewhere(self, route: Route, hostname: str) -> bool:
        canonical = self._sites.get(route.app_id, Site(app_id=route.app_id)).canonical
        return canonical not in {"", hostname.lower().partition(":")[0]}

    def _reach(self) -> None:
        if not self.is_reachable:
            raise Retry("the router did not take the change in time")
