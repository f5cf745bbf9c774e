"""The page is served whole, to anybody, under a policy, and is nothing but what lies there."""

import re
from collections.abc import AsyncIterator

import httpx2
import pytest

from headway.domain.world import World
from headway.engine.feed import Feed
from headway.errors import TooMany
from headway.web.ask import edge
from headway.web.dialect import mount
from headway.workplace.pages import PAGE, POLICY, PREFIX, STATIC, WORKPLACE, files, refuse

LOADED = re.compile(r'(?:src|href)="([^"#]+)"|from "\./([^"]+)"')


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    feed = Feed(world.database)
    site = mount(edge(world, feed), [WORKPLACE])
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(site), base_url="http://site") as http:
        yield http
    feed.close()


async def test_every_part_is_served_and_every_part_that_is_loaded_is_there(
    client: httpx2.AsyncClient,
) -> None:
    wanted = {PAGE}
    for name, it in files().items():
        reply = await client.get(f"{PREFIX}/{name}")
        assert (reply.status_code, reply.headers["content-type"], reply.content) == (200, it.media, it.body)
        found = (one or other for one, other in LOADED.findall(it.body.decode()))
        wanted |= {path.removeprefix(f"{PREFIX}/") for path in found}
    assert wanted == set(files()) == {it.name for it in STATIC.iterdir()}


async def test_the_page_runs_only_what_is_ours(client: httpx2.AsyncClient) -> None:
    reply = await client.get(PREFIX)
    assert reply.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert all("unsafe" not in where for where in POLICY.values())
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert not re.search(r"<script>|<style|\sstyle=|\son\w+=|https?://", reply.text)


async def test_what_has_not_changed_is_not_sent_again(client: httpx2.AsyncClient) -> None:
    etag = (await client.get(PREFIX)).headers["etag"]
    again = await client.get(PREFIX, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/label/nothing.js", "/label/..%2fpages.py", "/label/a/b", "/label/pages.py"]
)
async def test_there_is_nothing_else(client: httpx2.AsyncClient, path: str) -> None:
    reply = await client.get(path)
    assert (reply.status_code, reply.headers["content-type"]) == (404, "text/plain; charset=utf-8")


async def test_nothing_can_be_done_to_it(client: httpx2.AsyncClient) -> None:
    reply = await client.post(PREFIX)
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, HEAD")


def test_who_asks_too_often_is_told_when_to_come_again() -> None:
    told = refuse(TooMany("Retry later", retry_after=7))
    assert (told.status, (b"retry-after", b"7") in told.headers) == (429, True)
