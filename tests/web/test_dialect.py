"""Dialects under one roof."""

import asyncio
import logging
from pathlib import Path

import msgspec
import pytest

from headway.clock import SECOND
from headway.engine.feed import Feed
from headway.store.database import StorageFull
from headway.views import legacy_calls
from headway.web import body
from headway.web.ask import Ask, Edge, edge
from headway.web.body import Answer
from headway.web.deprecation import Deprecation
from headway.web.dialect import Dialect, mount
from headway.web.identity import bearer
from headway.web.routes import Route
from tests.ready_made import OTHER_SECRET, SECRET, served, world_in
from tests.web.conftest import ROUTES, Client, MakeApp, me, refuse, speaking_to


async def test_a_request_reaches_its_handler_with_who_asks(client: Client) -> None:
    answer = await client.get("/small/things/7", headers={"x-request-id": "abc-1"})
    said = answer.json()
    assert (said["name"], said["params"]) == ("admin", {"id": "7"})
    assert (said["actor"]["dialect"], said["actor"]["request_id"]) == ("small", "abc-1")
    assert answer.headers["x-request-id"] == "abc-1"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "é", "<script>"])
async def test_a_strange_request_id_is_replaced(client: Client, given: str) -> None:
    answer = await client.get("/small/me", headers={"x-request-id": given.encode()})
    assert len(answer.headers["x-request-id"]) == 32


@pytest.mark.parametrize(
    ("method", "path", "content", "kind"),
    [
        ("GET", "/small/nothing", b"", "NoSuchPath"),
        ("GET", "/small", b"", "NoSuchPath"),
        ("PUT", "/small/me", b"", "WrongMethod"),
        ("POST", "/small/sum", b"{", "Malformed"),
        ("POST", "/small/sum", b'{"a": "b"}', "Invalid"),
        ("POST", "/small/sum", b'{"a":' + b" " * (1 << 20) + b"1}", "TooLarge"),
        ("GET", "/small/fail", b"", "Broken"),
    ],
)
async def test_whatever_goes_wrong_is_said_in_the_dialects_form(
    client: Client, method: str, path: str, content: bytes, kind: str
) -> None:
    answer = await client.request(method, path, content=content)
    assert answer.json()["kind"] == kind


@pytest.mark.parametrize("secret", ["", "wrong"])
async def test_who_cannot_prove_who_they_are_is_refused_before_the_handler(
    make_app: MakeApp, secret: str
) -> None:
    async with speaking_to(make_app(), secret) as client:
        assert (await client.get("/small/fail")).json()["kind"] == "Unauthenticated"


async def test_an_open_route_needs_no_proof(make_app: MakeApp) -> None:
    async with speaking_to(make_app(), "") as client:
        assert (await client.get("/small/open")).json()["kind"] == "Broken"


async def test_what_nobody_foresaw_is_logged_and_not_told(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await client.get("/small/fail", headers={"x-request-id": "abc-2"})
    assert "the secret reason" not in answer.text
    assert "the secret reason" in caplog.text
    assert "abc-2" in caplog.text


async def test_a_full_disk_is_a_part_that_does_not_answer_now(make_app: MakeApp) -> None:
    async def full(ask: Ask) -> Answer:
        raise StorageFull

    async with speaking_to(make_app(Route("GET", "/small/full", full))) as client:
        assert (await client.get("/small/full")).json() == {
            "kind": "Unavailable",
            "error": "the disk is full",
        }


async def test_who_asks_too_often_is_told_so_and_nobody_else(tmp_path: Path, make_app: MakeApp) -> None:
    async with world_in(tmp_path / "few", requests_per_minute=2) as world:
        app = make_app(use=edge(world, Feed(world.database)))
        async with speaking_to(app) as client, speaking_to(app, OTHER_SECRET) as other:
            kinds = [(await client.get("/small/me")).json().get("kind") for _ in range(3)]
            assert kinds == [None, None, "TooMany"]
            assert (await other.get("/small/me")).json()["name"] == "other"


@pytest.mark.parametrize("path", ["/", "/smaller", "/other/small"])
async def test_what_is_no_dialects_is_elsewhere(make_app: MakeApp, path: str) -> None:
    app = make_app(*ROUTES, elsewhere=body.text("elsewhere"))
    async with speaking_to(app) as client:
        assert (await client.get(path)).text == "elsewhere"


async def test_with_nothing_elsewhere_the_answer_is_still_json(client: Client) -> None:
    answer = await client.get("/")
    assert (answer.status_code, answer.json()) == (404, {"error": "not found"})


async def raw(address: str, request: bytes, answers: int = 1) -> list[bytes]:
    """The heads that a server answers to these bytes, while the connection stays open; the last with its body."""
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    async with asyncio.timeout(30):
        heads = [await reader.readuntil(b"\r\n\r\n") for _ in range(answers)]
        heads[-1] += await reader.read(1000) if b"HEAD" not in request else b""
    writer.close()
    return heads


HEAD = b" HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + SECRET.encode() + b"\r\n"


async def test_an_endless_body_without_a_length_is_refused_while_it_still_comes(make_app: MakeApp) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    async with served(make_app()) as address:
        request = b"POST /small/sum" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 17
        assert b'"kind":"TooLarge"' in (await raw(address, request))[0]


async def test_a_body_that_is_announced_too_large_is_refused_before_it_comes(make_app: MakeApp) -> None:
    async with served(make_app()) as address:
        request = b"POST /small/sum" + HEAD + b"Content-Length: 999999999999\r\n\r\n{"
        assert b'"kind":"TooLarge"' in (await raw(address, request))[0]


async def test_the_answer_to_head_has_no_body(make_app: MakeApp) -> None:
    async with served(make_app()) as address:
        # Were there a body, the second head would begin with it.
        twice = b"HEAD /small/me" + HEAD + b"\r\n" + b"HEAD /small/nothing" + HEAD + b"\r\n"
        first, second = await raw(address, twice, 2)
    assert first.startswith(b"HTTP/1.1 200")
    assert second.startswith(b"HTTP/1.1 400")


OLD = Deprecation(name="old-things", since=10, sunset=20, successor="/small/me")


async def test_a_deprecated_route_says_so_whatever_it_answers_and_each_call_is_counted(
    make_app: MakeApp, the_edge: Edge
) -> None:
    site = make_app(Route("GET", "/small/old", me, deprecation=OLD), Route("GET", "/small/me", me))
    async with speaking_to(site) as client, speaking_to(site, "wrong") as stranger:
        for answer in (await client.get("/small/old"), await stranger.get("/small/old")):
            assert answer.headers["deprecation"] == "@10"
            assert '<http://h/small/me>; rel="successor-version"' in answer.headers["link"]
        assert "deprecation" not in (await client.get("/small/me")).headers
    await the_edge.ledger.write_down()
    (counted,) = await legacy_calls.newest(the_edge.world.database)
    assert (counted.calls.route, counted.calls.calls, counted.account) == ("old-things", 1, "admin")


@pytest.mark.parametrize("enforced", [True, False])
async def test_past_its_sunset_a_route_is_gone_where_that_is_enforced(tmp_path: Path, enforced: bool) -> None:
    async with world_in(tmp_path, enforce_sunset=enforced) as world:
        the_edge = edge(world, Feed(world.database))
        later = msgspec.structs.replace(OLD, sunset=world.clock.now() // SECOND + 3600)
        routes = [Route("GET", f"/small/{n}", me, deprecation=it) for n, it in enumerate((OLD, later))]
        small = Dialect(
            name="small",
            prefixes=("/small",),
            routes=(*routes, Route("GET", "/small/open", me, open=True, deprecation=OLD)),
            secret=lambda headers: bearer(headers.get("authorization")),
            refuse=refuse,
        )
        async with speaking_to(mount(the_edge, [small])) as client:
            gone = {"kind": "Gone"} if enforced else {}
            assert (await client.get("/small/0")).json().items() >= gone.items()
            assert "kind" not in (await client.get("/small/1")).json()
            assert (await client.get("/small/open")).json()["kind"] == (
                "Gone" if enforced else "Unauthenticated"
            )
        # Whoever still comes is counted all the same.
        await the_edge.ledger.write_down()
        assert len(await legacy_calls.newest(world.database)) == 1
