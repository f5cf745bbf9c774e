"""Archives of app logs over HTTP."""

import asyncio
import gzip
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from headway.dialects.scalingo.log_archives import PER_PAGE
from headway.domain.world import World
from headway.ids import show
from headway.model.apps import App
from headway.model.logs import Line, dated
from tests.dialects.scalingo.conftest import ORIGIN, speaking
from tests.ready_made import HandClock
from tests.records import AT

Client = httpx2.AsyncClient
TEXT = 'a "quoted" \x1b[31mred\x1b[0m ␀ \u202eright to left 🚀 ' + 1000 * "x"


async def archived(world: World, app: App, count: int) -> list[Line]:
    """Let the app speak until it has at least so many archives; all that it said."""
    said: list[Line] = []
    while len(world.logbook.archives(show(app.id))) < count:
        lines = [Line(at=AT, source="web-1", text=f"{n} {TEXT}") for n in range(len(said), len(said) + 100)]
        world.logbook.append(show(app.id), lines)
        said += lines
        await asyncio.to_thread(world.logbook.pack, 0)
    return said


async def asked(client: Client, app: App, query: str = "") -> dict[str, Any]:
    reply = await client.get(f"/v1/apps/{app.name}/logs_archives{query}")
    assert reply.status_code == 200
    return reply.json()


async def test_an_app_without_archives_has_an_empty_list(client: Client, app: App) -> None:
    assert await asked(client, app) == {"next_cursor": "", "has_more": False, "archives": []}


@pytest.mark.shows("GET archives[].url")
async def test_archives_and_dump_together_are_all_that_was_said_byte_by_byte(
    client: Client, site: ASGIApp, world: World, app: App
) -> None:
    said = await archived(world, app, 2)
    listed = (await asked(client, app))["archives"]
    assert [set(it) for it in listed] == [{"url", "size", "from", "to"}] * len(listed)
    assert {(it["from"], it["to"]) for it in listed} == {("Tue Nov 14 22:13:20 +0000 UTC 2023",) * 2}
    text = ""
    async with speaking(site, "") as nobody:
        for it in reversed(listed):
            reply = await nobody.get(it["url"])
            assert reply.headers["content-type"] == "application/gzip"
            assert len(reply.content) == it["size"]
            text += gzip.decompress(reply.content).decode()
    link = (await client.get(f"/v1/apps/{app.name}/logs")).json()["logs_url"]
    text += (await client.get(f"{link}&n=10000")).text
    assert text == "".join(f"{dated(line)}\n" for line in said)


async def test_pages_and_cursors_lead_through_all_archives_newest_first(
    client: Client, world: World, app: App
) -> None:
    await archived(world, app, PER_PAGE + 3)
    count = len(world.logbook.archives(show(app.id)))
    first = await asked(client, app)
    second = await asked(client, app, f"?cursor={first['next_cursor']}")
    assert (len(first["archives"]), first["has_more"]) == (PER_PAGE, True)
    assert (len(second["archives"]), second["has_more"], second["next_cursor"]) == (
        count - PER_PAGE,
        False,
        "",
    )
    assert numbers(first) + numbers(second) == sorted(numbers(first) + numbers(second), reverse=True)
    assert numbers(await asked(client, app, "?page=1")) == numbers(first)
    assert numbers(await asked(client, app, "?page=2")) == numbers(second)
    assert numbers(await asked(client, app, "?page=3")) == []


def numbers(reply: dict[str, Any]) -> list[int]:
    return [int(it["url"].partition("?")[0].rpartition("/")[2]) for it in reply["archives"]]


async def test_a_cursor_stays_where_it_was_when_a_newer_archive_comes(
    client: Client, world: World, app: App
) -> None:
    await archived(world, app, PER_PAGE + 2)
    first = await asked(client, app)
    before = await asked(client, app, f"?cursor={first['next_cursor']}")
    await archived(world, app, len(world.logbook.archives(show(app.id))) + 1)
    after = await asked(client, app, f"?cursor={first['next_cursor']}")
    assert numbers(after) == numbers(before)


@pytest.mark.parametrize("query", ["?cursor=x", "?cursor=-1", "?cursor=%C2%B2", "?page=x"])
async def test_a_place_that_is_none_is_invalid(client: Client, app: App, query: str) -> None:
    assert (await client.get(f"/v1/apps/{app.name}/logs_archives{query}")).status_code == 422


async def test_a_link_is_good_for_sixty_minutes_and_then_not(
    client: Client, site: ASGIApp, world: World, app: App
) -> None:
    await archived(world, app, 1)
    url = (await asked(client, app))["archives"][0]["url"]
    assert isinstance(world.clock, HandClock)
    async with speaking(site, "") as nobody:
        world.clock.ahead = 59 * 60
        assert (await nobody.get(url)).status_code == 200
        world.clock.ahead = 60 * 60 + 1
        assert (await nobody.get(url)).status_code == 401


async def test_a_link_opens_one_archive_of_one_app(
    client: Client, site: ASGIApp, world: World, app: App
) -> None:
    await archived(world, app, 2)
    path, _, token = (await asked(client, app))["archives"][0]["url"].removeprefix(ORIGIN).partition("?")
    other, _, _ = (await asked(client, app))["archives"][1]["url"].removeprefix(ORIGIN).partition("?")
    async with speaking(site, "") as nobody:
        for wrong in (
            path,
            f"{other}?{token}",
            f"{path.replace(show(app.id), show(app.id + 1))}?{token}",
            f"/v1/logs_archives/{show(app.id)}/..%2F..%2Fsecret?{token}",
        ):
            assert (await nobody.get(wrong)).status_code in {401, 404}, wrong


async def test_an_archive_that_is_gone_is_not_found(client: Client, world: World, app: App) -> None:
    await archived(world, app, 1)
    url = (await asked(client, app))["archives"][0]["url"]
    world.logbook.pack(world.clock.now() + 1)
    assert (await client.get(url)).status_code == 404


async def test_the_archives_of_a_stranger_are_not_there(stranger: Client, app: App) -> None:
    assert (await stranger.get(f"/v1/apps/{app.name}/logs_archives")).status_code == 404
