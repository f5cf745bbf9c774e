"""A router in memory: it answers what Envoy would answer, without a connection, and counts what is in flight."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager

import msgspec

from headway.clock import Clock
from headway.errors import Retry
from headway.routers.port import Challenge, Endpoint, Request, Route, Site

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
        self._requests: list[Request] = []
        self._asked = 0
        self._an_ask = asyncio.Event()

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

    async def requests(self, after: int) -> AsyncIterator[list[Request]]:
        """What has been asked behind `after`, as it comes."""
        while True:
            asked = self._an_ask
            if found := [request for request in self._requests if request.end > after]:
                after = found[-1].end
                yield found
            await asked.wait()

    async def forget_requests(self, end: int) -> None:
        """Requests up to `end` are not kept any more."""
        self._requests = [request for request in self._requests if request.end > end]

    def ask(self, hostname: str, path: str = "/", **headers: str) -> Answer:
        """A request to that hostname, answered at once. Of headers, `referer` and `user_agent` are noted."""
        answer, route = self._answer(hostname), self._find(hostname)
        self._asked += 1
        request = Request(
            end=self._asked,
            at=self._clock.now(),
            app_id=route.app_id if route else "",
            method="GET",
            host=hostname,
            path=path,
            protocol="http",
            status=answer.status,
            duration_ms=1,
            bytes_out=0,
            endpoint=answer.endpoint,
            client="127.0.0.1",
            request_id=f"request-{self._asked}",
            referer=headers.get("referer", ""),
            agent=headers.get("user_agent", ""),
        )
        self._requests.append(request)
        self._an_ask.set()
        self._an_ask = asyncio.Event()
        return answer

    def _answer(self, hostname: str) -> Answer:
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
