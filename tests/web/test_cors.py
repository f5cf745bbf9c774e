"""Use from pages in a browser."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from headway.dialects.scalingo.dialect import SCALINGO
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.web.ask import edge
from headway.web.cors import within
from headway.web.dialect import mount
from tests.ready_made import SECRET

PAGE, OTHER = "https://dashboard.example.com", "https://elsewhere.example.com"


def speaking(world: World, *origins: str) -> httpx2.AsyncClient:
    site = within(origins, mount(edge(world, Feed(world.database)), [SCALINGO]))
    headers = {"authorization": f"Bearer {SECRET}"}
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(site), base_url="http://h", headers=headers)


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    async with speaking(world, PAGE) as client:
        yield client


def asks_first(origin: str, method: str = "POST") -> dict[str, str]:
    return {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization, content-type, x-dry-run, x-authorization-otp",
    }


async def test_a_page_that_may_reads_where_to_follow(client: httpx2.AsyncClient) -> None:
    reply = await client.get("/v1/apps", headers={"origin": PAGE})
    assert (reply.status_code, reply.headers["access-control-allow-origin"]) == (200, PAGE)
    assert "Location" in reply.headers["access-control-expose-headers"]
    assert reply.headers["vary"] == "Origin"
    refused = await client.get("/v1/apps/nothing-there", headers={"origin": PAGE})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (404, PAGE)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_it_is_told_before_what_it_may_send(client: httpx2.AsyncClient, method: str) -> None:
    reply = await client.options("/v1/apps", headers=asks_first(PAGE, method))
    assert reply.status_code == 200
    assert method in reply.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in reply.headers


async def test_a_page_that_may_not_is_told_nothing(client: httpx2.AsyncClient) -> None:
    reply = await client.get("/v1/apps", headers={"origin": OTHER})
    assert "access-control-allow-origin" not in reply.headers
    assert (await client.options("/v1/apps", headers=asks_first(OTHER))).status_code == 400


async def test_all_may_where_that_is_set(world: World) -> None:
    async with speaking(world, "*") as client:
        reply = await client.get("/v1/apps", headers={"origin": OTHER})
        assert reply.headers["access-control-allow-origin"] == "*"


async def test_by_default_none_may(world: World) -> None:
    assert world.config.cors_origins == ()
    async with speaking(world, *world.config.cors_origins) as client:
        reply = await client.options("/v1/apps", headers=asks_first(PAGE))
        assert reply.status_code == 405
        assert "access-control-allow-origin" not in reply.headers
