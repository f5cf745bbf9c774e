"""What holds on every route: HEAD, what is no JSON, and how often one may ask."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from starlette.types import ASGIApp

from headway.dialects.scalingo.dialect import ROUTES, SCALINGO
from headway.engine.feed import Feed
from headway.model.apps import App
from headway.web.ask import edge
from headway.web.dialect import mount
from headway.web.routes import Route
from headway.web.says import Media, said
from tests.dialects.scalingo.conftest import speaking
from tests.ready_made import OTHER_SECRET, SECRET, HandClock, served, world_in

GETS = [route for route in ROUTES if route.method == "GET"]
NEW_EACH_TIME = {"date", "x-request-id"}


def path_of(route: Route, app: str) -> str:
    """The path, about an app that is there, and things that are not."""
    return re.sub(r"\{\w+\}", "0" * 24, route.path.replace("{app}", app))


def takes_json(route: Route) -> bool:
    told = said(route.handler)
    return told is not None and told.body is not None and not isinstance(told.body, Media)


@pytest.fixture
async def outside(site: ASGIApp) -> AsyncIterator[httpx2.AsyncClient]:
    """The admin, at a real server: it is the server that leaves the body of a HEAD out."""
    async with served(site) as address:
        headers = {"authorization": f"Bearer {SECRET}"}
        async with httpx2.AsyncClient(base_url=f"http://{address}", headers=headers) as client:
            yield client


async def test_head_is_answered_as_get_is_on_every_route_but_for_the_body(
    outside: httpx2.AsyncClient, app: App
) -> None:
    assert len(GETS) > 30
    for route in GETS:
        path = path_of(route, app.name)
        get, head = await outside.get(path), await outside.head(path)
        told = [
            {name: value for name, value in it.headers.items() if name not in NEW_EACH_TIME}
            for it in (get, head)
        ]
        assert (head.status_code, told[1]) == (get.status_code, told[0]), path
        assert (head.content, get.status_code < 500) == (b"", True), path


@pytest.mark.parametrize("content", [b'{"app":', b"\xff\xfe", b"nonsense"])
async def test_what_is_no_json_is_a_400_that_says_so_on_every_route_with_a_body(
    site: ASGIApp, app: App, content: bytes
) -> None:
    async with speaking(site, SECRET) as client:
        for route in filter(takes_json, ROUTES):
            reply = await client.request(route.method, path_of(route, app.name), content=content)
            assert (reply.status_code, list(reply.json())) == (400, ["error"]), route.path
            assert "not valid JSON" in reply.json()["error"]


@pytest.fixture
async def strict_site(tmp_path: Path) -> AsyncIterator[tuple[ASGIApp, HandClock]]:
    """With the limit that the documents tell of."""
    async with world_in(tmp_path / "strict", scalingo_requests_per_minute=60) as world:
        assert isinstance(world.clock, HandClock)
        yield mount(edge(world, Feed(world.database)), [SCALINGO]), world.clock


async def test_sixty_a_minute_and_no_more_and_everybody_for_themselves(
    strict_site: tuple[ASGIApp, HandClock],
) -> None:
    site, clock = strict_site
    async with speaking(site, SECRET) as client, speaking(site, OTHER_SECRET) as other:
        codes = [(await client.get("/v1/users/self")).status_code for _ in range(70)]
        # A request is there again each second, however long these took.
        assert codes[:60] == [200] * 60
        while (late := await client.get("/v1/apps")).status_code == 200:
            pass
        assert (late.status_code, list(late.json())) == (429, ["error"])
        assert int(late.headers["retry-after"]) >= 1
        assert (await other.get("/v1/users/self")).status_code == 200
        clock.ahead += 60
        assert (await client.get("/v1/users/self")).status_code == 200


async def test_what_clients_do_again_and_again_does_not_count(
    strict_site: tuple[ASGIApp, HandClock],
) -> None:
    site, _ = strict_site
    async with speaking(site, SECRET) as client:
        for _ in range(100):
            polled = await client.get(f"/v1/apps/nothing-there/operations/{'0' * 24}")
            assert polled.status_code == 404
            assert (await client.post("/v1/tokens/exchange")).status_code == 200
        assert (await client.get("/v1/users/self")).status_code == 200
