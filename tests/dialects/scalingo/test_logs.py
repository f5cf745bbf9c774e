"""App logs over HTTP and as streams."""

import asyncio
import gzip
import json
import re

import httpx2
import pytest
import websockets
from starlette.types import ASGIApp

from headway.domain.world import World
from headway.ids import show
from headway.model.apps import App
from headway.model.logs import Line, dated, shown
from tests.dialects.scalingo.conftest import speaking
from tests.ready_made import HandClock, served
from tests.records import AT

Client = httpx2.AsyncClient


def say(world: World, app: App, source: str, *texts: str) -> None:
    world.logbook.append(show(app.id), [Line(at=AT, source=source, text=text) for text in texts])


async def link(client: Client, app: App) -> str:
    reply = await client.get(f"/v1/apps/{app.name}/logs")
    assert reply.json()["app"]["name"] == app.name
    return reply.json()["logs_url"]


@pytest.mark.shows("GET logs_url")
async def test_the_link_opens_the_last_lines_without_any_other_proof(
    client: Client, site: ASGIApp, world: World, app: App
) -> None:
    say(world, app, "web-1", "one", "two", "three")
    url = await link(client, app)
    assert "?token=" in url
    async with speaking(site, "") as nobody:
        reply = await nobody.get(f"{url}&stream=false&n=2&filter=")
    assert reply.headers["content-type"].startswith("text/plain")
    assert reply.text == (
        "2023-11-14 22:13:20.123456000 +0000 UTC [web-1] two\n"
        "2023-11-14 22:13:20.123456000 +0000 UTC [web-1] three\n"
    )


async def test_a_filter_names_types_labels_or_either(client: Client, world: World, app: App) -> None:
    say(world, app, "web-1", "a")
    say(world, app, "worker-1", "b")
    say(world, app, "router", "c")
    url = await link(client, app)
    for filter_text, said in (
        ("web", "a"),
        ("worker-1", "b"),
        ("web|router", "ac"),
        ("", "abc"),
        ("clock", ""),
    ):
        text = (await client.get(url, params={"token": url.partition("=")[2], "filter": filter_text})).text
        assert "".join(re.findall(r"\] (.)$", text, re.MULTILINE)) == said


async def test_no_line_has_a_short_fifth_field_because_the_cli_would_crash(
    client: Client, world: World, app: App
) -> None:
    say(world, app, "web-1", "", " ", "a b c d e f", "x  y")
    lines = (await client.get(await link(client, app))).text.split("\n")
    assert lines.pop() == ""
    assert [line.split(" ")[4] for line in lines] == ["[web-1]"] * 4


async def test_an_app_that_said_nothing_has_no_content(client: Client, app: App) -> None:
    assert (await client.get(await link(client, app))).status_code == 204


async def test_the_link_is_for_one_app_and_for_a_while(client: Client, world: World, app: App) -> None:
    url = await link(client, app)
    wrong = url.replace(show(app.id), show(app.id + 1))
    assert (await client.get(wrong)).status_code == 401
    assert (await client.get(url.partition("?")[0])).status_code == 401
    assert isinstance(world.clock, HandClock)
    world.clock.ahead += world.config.jwt_seconds + 1
    assert (await client.get(url)).status_code == 401


async def test_a_jwt_of_the_api_is_no_link(client: Client, app: App) -> None:
    token = (await client.post("/v1/tokens/exchange", json={})).json()["token"]
    assert (await client.get(f"/v1/logs/{show(app.id)}?token={token}")).status_code == 401


async def test_a_strangers_log_has_no_link(stranger: Client, app: App) -> None:
    assert (await stranger.get(f"/v1/apps/{app.name}/logs")).status_code == 404


@pytest.mark.parametrize("query", ["&n=x", "&n=1.5"])
async def test_a_count_that_is_none_is_invalid(client: Client, app: App, query: str) -> None:
    assert (await client.get(await link(client, app) + query)).status_code == 422


@pytest.mark.shows("WEBSOCKET logs_url&stream=true")
async def test_new_lines_come_over_a_websocket_and_old_ones_do_not(
    client: Client, site: ASGIApp, world: World, app: App
) -> None:
    say(world, app, "web-1", "old")
    path = (await link(client, app)).partition("8000")[2]
    async with (
        served(site) as address,
        websockets.connect(f"ws://{address}{path}&stream=true&filter=web|worker") as socket,
    ):
        async with asyncio.timeout(20):
            heard = await heard_on(socket, world, app)
    assert (heard["event"], heard["name"]) == ("log", "log")
    assert heard["log"] == "2023-11-14 22:13:20.123456000 +0000 UTC [web-1] new\n"
    assert heard["timestamp"] == "2023-11-14T22:13:20.123Z"


async def heard_on(socket: websockets.ClientConnection, world: World, app: App) -> dict[str, str]:
    """The first event; the line is said until the stream, which gives no sign that it has begun, has heard it."""
    hearing = asyncio.ensure_future(socket.recv())
    while not hearing.done():
        say(world, app, "router", "unwanted")
        say(world, app, "web-1", "new")
        await asyncio.wait([hearing], timeout=0.05)
    heard = json.loads(hearing.result())
    return heard | {"log": heard["log"].partition("\n")[0] + "\n"}


@pytest.mark.shows("GET logs_url&stream=true")
async def test_new_lines_come_as_events_where_no_upgrade_is_asked_for(
    client: Client, site: ASGIApp, world: World, app: App
) -> None:
    path = (await link(client, app)).partition("8000")[2]
    async with (
        served(site) as address,
        httpx2.AsyncClient() as plain,
        plain.stream("GET", f"http://{address}{path}&stream=true") as reply,
    ):
        hearing = asyncio.ensure_future(anext(reply.aiter_lines()))
        while not hearing.done():
            say(world, app, "web-1", "new")
            await asyncio.wait([hearing], timeout=0.05)
    assert hearing.result().startswith('data: {"event":"log","name":"log","log":"2023-11-14')


HOSTILE = (
    b'quotes "\' and \\ and {"event":"ping"}',
    b"\x1b[31mred\x1b[0m\ttab\rreturn",
    b"nul\x00bell\x07\x7f",
    "right \u202eto left, 🚀 日本, é".encode(),
    b"\xff\xfe half of \xe2\x82",
    "\u2028line\u2029paragraph\x85next".encode(),
    b"data: x\r\n\r\n: y".replace(b"\n", b""),
    b"",
    b"z" * (16 << 10),
)


async def test_hostile_lines_come_back_the_same_from_dump_stream_socket_and_archive(
    client: Client, site: ASGIApp, world: World, app: App
) -> None:
    lines = [Line(at=AT, source="web-1", text=shown(raw)) for raw in HOSTILE]
    world.logbook.append(show(app.id), lines)
    expected = "".join(f"{dated(line)}\n" for line in lines)
    assert expected.count("\n") == len(expected.splitlines()) == len(HOSTILE)
    url = await link(client, app)
    assert (await client.get(f"{url}&n=100")).content.decode() == expected
    path = f"{url.partition('8000')[2]}&stream=true&n=100"
    async with served(site) as address, asyncio.timeout(60):
        async with websockets.connect(f"ws://{address}{path}") as socket:
            assert json.loads(await socket.recv())["log"] == expected
        async with httpx2.AsyncClient() as plain, plain.stream("GET", f"http://{address}{path}") as reply:
            event = await anext(reply.aiter_lines())
            assert json.loads(event.removeprefix("data: "))["log"] == expected
    archives = world.logbook.archives
    while not archives(show(app.id)):
        world.logbook.append(show(app.id), [Line(at=AT, source="web-1", text="x" * 10_000)] * 10)
        world.logbook.pack(0)
    file = world.logbook.archive_file(show(app.id), archives(show(app.id))[-1].number)
    assert file is not None
    assert gzip.decompress(file.read_bytes()).decode().startswith(expected)


async def test_a_stream_may_begin_with_what_was_said_before(
    client: Client, site: ASGIApp, world: World, app: App
) -> None:
    say(world, app, "web-1", *(f"line {n}" for n in range(2500)))
    path = f"{(await link(client, app)).partition('8000')[2]}&stream=true&n=2001"
    async with (
        served(site) as address,
        asyncio.timeout(60),
        websockets.connect(f"ws://{address}{path}") as socket,
    ):
        frames = [json.loads(await socket.recv())["log"] for _ in range(3)]
    assert [frame.count("\n") for frame in frames] == [1000, 1000, 1]
    assert frames[0].startswith("2023-11-14 22:13:20.123456000 +0000 UTC [web-1] line 499\n")
    assert frames[2].endswith("line 2499\n")


async def test_a_stream_of_a_count_that_is_none_is_invalid(client: Client, app: App) -> None:
    assert (await client.get(await link(client, app) + "&stream=true&n=x")).status_code == 422
