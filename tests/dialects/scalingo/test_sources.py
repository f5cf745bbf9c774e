"""Sources over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import msgspec
import pytest
from starlette.types import ASGIApp

from headway.dialects.scalingo.dialect import SCALINGO
from headway.web.ask import Edge
from headway.web.dialect import mount
from tests.dialects.scalingo.conftest import speaking
from tests.ready_made import SECRET

Client = httpx2.AsyncClient


@pytest.fixture
async def nobody(site: ASGIApp) -> AsyncIterator[Client]:
    async with speaking(site, "") as nobody:
        yield nobody


async def source(client: Client) -> dict[str, str]:
    reply = await client.post("/v1/sources", json={})
    assert reply.status_code == 201
    return reply.json()["source"]


@pytest.mark.shows("PUT upload_url", "GET download_url")
async def test_an_archive_is_uploaded_and_downloaded_without_any_other_proof(
    client: Client, nobody: Client
) -> None:
    urls = await source(client)
    gzip = {"content-type": "application/x-gzip"}
    assert (await nobody.put(urls["upload_url"], content=b"archive", headers=gzip)).status_code == 200
    assert (await nobody.get(urls["download_url"])).content == b"archive"


async def test_the_two_urls_are_not_good_for_each_others_work(client: Client, nobody: Client) -> None:
    urls = await source(client)
    crossed = urls["download_url"].replace("download?", "upload?")
    reply = await nobody.put(crossed, content=b"archive")
    assert (reply.status_code, reply.json()) == (404, {"resource": "source", "error": "not found"})


@pytest.mark.parametrize("told", [True, False])
async def test_an_archive_that_is_too_large_is_refused(the_edge: Edge, *, told: bool) -> None:
    config = msgspec.structs.replace(the_edge.world.config, archive_bytes_max=3)
    small = replace(the_edge, world=replace(the_edge.world, config=config))

    async def pieces() -> AsyncIterator[bytes]:
        yield b"ab"
        yield b"cd"

    async with speaking(mount(small, [SCALINGO]), SECRET) as client:
        urls = await source(client)
        reply = await client.put(urls["upload_url"], content=b"abcd" if told else pieces())
    assert (reply.status_code, list(reply.json())) == (413, ["error"])


async def test_without_a_token_there_is_nothing(nobody: Client) -> None:
    assert (await nobody.put("/v1/sources/upload", content=b"x")).status_code == 404
    assert (await nobody.get("/v1/sources/download")).status_code == 404
