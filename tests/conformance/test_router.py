"""What every router promises: Envoy, and the stand-in that is used in its place."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

import pytest

from headway.clock import SystemClock
from headway.routers.envoy import Envoy
from headway.routers.port import Endpoint, Host, Request, Router, Site
from headway.testing.router import Answer, MemoryRouter
from tests.routers.traffic import Client, Container, route, served, settings


class Stage(Protocol):
    """A router with two containers, and a way to send it traffic."""

    router: Router
    one: Endpoint
    two: Endpoint

    async def ask(self, hostname: str) -> Answer: ...

    def hold(self, hostname: str) -> AbstractAsyncContextManager[Answer]: ...


class MemoryStage:
    def __init__(self) -> None:
        self.router = MemoryRouter(SystemClock())
        self.one, self.two = Endpoint(host="127.0.0.1", port=1), Endpoint(host="127.0.0.1", port=2)

    async def ask(self, hostname: str) -> Answer:
        return self.router.ask(hostname)

    @asynccontextmanager
    async def hold(self, hostname: str) -> AsyncIterator[Answer]:
        with self.router.hold(hostname) as answer:
            yield answer


class EnvoyStage:
    def __init__(self, envoy: Envoy, client: Client, one: Container, two: Container) -> None:
        self.router = envoy
        self.one, self.two = one.endpoint, two.endpoint
        self._client = client
        self._containers = {container.endpoint: container for container in (one, two)}

    async def ask(self, hostname: str) -> Answer:
        return self._read(await self._client.ask(hostname))

    @asynccontextmanager
    async def hold(self, hostname: str) -> AsyncIterator[Answer]:
        endpoint = (await self.ask(hostname)).endpoint
        assert endpoint, "only a request to one container can be held"
        container = self._containers[endpoint]
        async with asyncio.TaskGroup() as group:
            asked = group.create_task(self._client.ask(hostname, "/held"))
            await container.held.acquire()
            yield Answer(status=200, endpoint=endpoint)
            container.release.set()
        assert (await asked).status == 200

    def _read(self, answer: object) -> Answer:
        endpoint = None
        if answer.status == 200:
            endpoint = Endpoint(host="127.0.0.1", port=int(answer.body.split()[0]))
        return Answer(
            status=answer.status, endpoint=endpoint, error=answer.headers.get("x-headway-error", "")
        )


@pytest.fixture(params=["memory", "envoy"])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    if request.param == "memory":
        yield MemoryStage()
        return
    its = settings()
    async with Container() as one, Container() as two, served(Envoy(tmp_path, its, SystemClock())) as envoy:
        yield EnvoyStage(envoy, Client(its.port), one, two)


async def test_a_routed_app_is_answered_by_its_container(stage: Stage) -> None:
    await stage.router.route(route("shop", stage.one))
    assert await stage.ask("shop.localhost") == Answer(status=200, endpoint=stage.one)


async def test_a_hostname_is_known_with_any_port_and_in_any_case(stage: Stage) -> None:
    await stage.router.route(route("shop", stage.one, hostnames=("shop.localhost", "Shop.Example.org")))
    assert (await stage.ask("SHOP.localhost:8080")).endpoint == stage.one
    assert (await stage.ask("shop.example.org:1")).endpoint == stage.one


async def test_an_unknown_host_is_told_so(stage: Stage) -> None:
    await stage.router.route(route("shop", stage.one))
    assert await stage.ask("shopping.localhost") == Answer(status=404, error="unknown-host")


async def test_traffic_is_shared_among_containers(stage: Stage) -> None:
    await stage.router.route(route("shop", stage.one, stage.two))
    assert {(await stage.ask("shop.localhost")).endpoint for _ in range(40)} == {stage.one, stage.two}


async def test_a_route_is_whole_and_may_be_repeated(stage: Stage) -> None:
    await stage.router.route(route("shop", stage.one, hostnames=("a.localhost", "b.localhost")))
    for _ in range(2):
        await stage.router.route(route("shop", stage.two, hostnames=("b.localhost",)))
    assert (await stage.ask("a.localhost")).status == 404
    assert (await stage.ask("b.localhost")).endpoint == stage.two


async def test_once_a_route_returns_no_new_request_goes_where_it_went_before(stage: Stage) -> None:
    for turn in range(20):
        endpoint = stage.one if turn % 2 else stage.two
        await stage.router.route(route("shop", endpoint))
        answers = await asyncio.gather(*(stage.ask("shop.localhost") for _ in range(8)))
        assert {answer.endpoint for answer in answers} == {endpoint}


async def test_a_draining_container_gets_no_new_request(stage: Stage) -> None:
    await stage.router.route(route("shop", stage.one, stage.two))
    await stage.router.route(route("shop", stage.one, draining=(stage.two,)))
    assert {(await stage.ask("shop.localhost")).endpoint for _ in range(20)} == {stage.one}


async def test_an_app_with_draining_containers_only_has_no_live_one(stage: Stage) -> None:
    await stage.router.route(route("shop", draining=(stage.one,)))
    assert await stage.ask("shop.localhost") == Answer(status=503, error="no-container")


async def test_an_app_without_containers_has_no_live_one(stage: Stage) -> None:
    await stage.router.route(route("shop"))
    assert await stage.ask("shop.localhost") == Answer(status=503, error="no-container")


async def test_a_stopped_app_says_so(stage: Stage) -> None:
    await stage.router.route(route("shop", stopped=True))
    assert await stage.ask("shop.localhost") == Answer(status=503, error="stopped")


async def test_a_stopped_app_that_still_has_a_container_is_served_by_it(stage: Stage) -> None:
    await stage.router.route(route("shop", stage.one, stopped=True))
    assert (await stage.ask("shop.localhost")).endpoint == stage.one


async def test_an_app_that_insists_on_https_redirects(stage: Stage) -> None:
    await stage.router.route(route("shop", stage.one, force_https=True))
    assert (await stage.ask("shop.localhost")).status == 301


async def test_a_dropped_app_is_unknown_and_dropping_it_again_is_nothing(stage: Stage) -> None:
    await stage.router.route(route("shop", stage.one))
    for _ in range(2):
        await stage.router.drop("shop")
        assert await stage.ask("shop.localhost") == Answer(status=404, error="unknown-host")


async def test_routes_are_told_whole_and_by_app_id(stage: Stage) -> None:
    second = route("b", stage.one, draining=(stage.two,), sticky_session=True)
    first = route("a", stopped=True)
    await stage.router.route(second)
    await stage.router.route(first)
    assert await stage.router.routes() == [first, second]


async def test_changes_asked_for_at_once_are_all_live(stage: Stage) -> None:
    await asyncio.gather(*(stage.router.route(route(f"app{n}", stage.one)) for n in range(50)))
    answers = await asyncio.gather(*(stage.ask(f"app{n}.localhost") for n in range(50)))
    assert {answer.endpoint for answer in answers} == {stage.one}


async def test_a_hostname_of_two_apps_goes_to_the_lower_app_id(stage: Stage) -> None:
    await stage.router.route(route("b", stage.two, hostnames=("shared.localhost",)))
    await stage.router.route(route("a", stage.one, hostnames=("shared.localhost",)))
    assert (await stage.ask("shared.localhost")).endpoint == stage.one


async def test_names_of_its_own_lead_to_an_app_and_stay_when_its_route_changes(stage: Stage) -> None:
    site = Site(app_id="shop", hosts=(Host(name="shop.example.org"),))
    await stage.router.site(site)
    assert (await stage.ask("shop.example.org")).error == "unknown-host"
    await stage.router.route(route("shop", stage.one))
    assert (await stage.ask("shop.example.org")).endpoint == stage.one
    await stage.router.route(route("shop", stage.two, hostnames=("renamed.localhost",)))
    assert (await stage.ask("Shop.Example.org:81")).endpoint == stage.two
    assert await stage.router.sites() == [site]


async def test_a_name_that_is_taken_away_is_unknown_and_a_site_without_names_is_forgotten(
    stage: Stage,
) -> None:
    await stage.router.route(route("shop", stage.one))
    await stage.router.site(Site(app_id="shop", hosts=(Host(name="a.org"), Host(name="b.org"))))
    await stage.router.site(Site(app_id="shop", hosts=(Host(name="b.org"),)))
    assert (await stage.ask("a.org")).error == "unknown-host"
    assert (await stage.ask("b.org")).endpoint == stage.one
    for _ in range(2):
        await stage.router.site(Site(app_id="shop"))
        assert await stage.router.sites() == []
    assert (await stage.ask("shop.localhost")).endpoint == stage.one


async def test_other_names_are_redirected_to_the_canonical_one(stage: Stage) -> None:
    await stage.router.route(route("shop", stage.one))
    await stage.router.site(Site(app_id="shop", hosts=(Host(name="a.org"),), canonical="a.org"))
    assert (await stage.ask("shop.localhost")).status == 301
    assert (await stage.ask("a.org")).endpoint == stage.one


async def test_a_container_is_drained_once_its_last_request_has_ended(stage: Stage) -> None:
    await stage.router.route(route("shop", stage.one))
    async with stage.hold("shop.localhost"):
        await stage.router.route(route("shop", stage.two, draining=(stage.one,)))
        assert not await stage.router.drained(stage.one, seconds=0.05)
    assert await stage.router.drained(stage.one, seconds=5)


async def test_a_request_still_counts_after_its_app_was_dropped(stage: Stage) -> None:
    await stage.router.route(route("shop", stage.one))
    async with stage.hold("shop.localhost"):
        await stage.router.drop("shop")
        assert not await stage.router.drained(stage.one, seconds=0.05)
    assert await stage.router.drained(stage.one, seconds=5)


async def test_a_container_in_use_is_not_drained_and_an_idle_one_is(stage: Stage) -> None:
    await stage.router.route(route("shop", stage.one))
    async with stage.hold("shop.localhost"):
        assert not await stage.router.drained(stage.one, seconds=0.05)
    await stage.ask("shop.localhost")
    assert await stage.router.drained(stage.one, seconds=0.5)


async def test_a_container_that_nobody_knows_is_drained(stage: Stage) -> None:
    assert await stage.router.drained(Endpoint(host="127.0.0.1", port=9), seconds=0)


async def test_each_request_is_told_once_in_its_order_and_from_any_place_on(stage: Stage) -> None:
    await stage.router.route(route("shop", stage.one))
    following = stage.router.requests(0)
    await stage.ask("shop.localhost")
    await stage.ask("nobody.localhost")
    first, second = await told(following, 2)
    assert (first.app_id, first.host, first.status, first.endpoint) == (
        "shop",
        "shop.localhost",
        200,
        stage.one,
    )
    assert (first.method, first.path, first.protocol, first.client) == ("GET", "/", "http", "127.0.0.1")
    assert (second.app_id, second.status, second.endpoint) == ("", 404, None)
    assert first.end < second.end
    assert first.at > 1_700_000_000_000_000
    await following.aclose()
    assert await told(stage.router.requests(first.end), 1) == [second]
    await stage.router.forget_requests(second.end)
    await stage.ask("shop.localhost")
    (third,) = await told(stage.router.requests(second.end), 1)
    assert third.end > second.end


async def told(following: AsyncIterator[list[Request]], count: int) -> list[Request]:
    """The next `count` requests."""
    found: list[Request] = []
    async with asyncio.timeout(30):
        while len(found) < count:
            found += await anext(following)
    return found
