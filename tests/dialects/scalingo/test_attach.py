"""The run server on a world at work: attach, upload, resize, wait; and who is let in."""

import asyncio
import contextlib
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx2
import pytest

from headway.dialects.scalingo.attach import RunServer, secret_of
from headway.dialects.scalingo.refuse import refuse
from headway.domain.accounts.create_token import create_token
from headway.domain.one_offs.keep import Keeper
from headway.domain.one_offs.start import start
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.one_offs import OneOff, Wish
from headway.store import accounts
from headway.testing.examples import running_app
from headway.web.ask import edge
from headway.web.tunnel import TunnelServer
from tests.outside import Outside


@dataclass
class Desk:
    """Somebody who knows the address of one-offs, and a token."""

    outside: Outside
    world: World
    app: App
    run: RunServer
    signer: object
    port: int
    token: str
    lines: list[asyncio.StreamWriter] = field(default_factory=list)

    async def begin(self, command: str) -> OneOff:
        it, operation = await start(self.world, self.app, Wish(command=command), self.outside.by)
        await self.outside.end_of(operation)
        return it

    def path(self, it: OneOff) -> str:
        return f"/{secret_of(self.signer, it.id)}"  # type: ignore[arg-type]

    async def ask(self, method: str, path: str, token: str | None = None, **given: object) -> httpx2.Response:
        url = f"http://127.0.0.1:{self.port}{path}"
        async with httpx2.AsyncClient(trust_env=False, timeout=60) as http:
            return await http.request(method, url, auth=("", token or self.token), **given)

    async def connect(self, path: str) -> tuple[bytes, asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.lines.append(writer)
        proof = b64encode(f":{self.token}".encode()).decode()
        writer.write(f"CONNECT {path} HTTP/1.1\r\nHost: h\r\nAuthorization: Basic {proof}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        return head.split(b"\r\n")[0], reader, writer


@pytest.fixture
async def desk(outside: Outside) -> AsyncIterator[Desk]:
    app = await running_app(outside.process()[0], outside.by, "hello-world")
    outside.settings(one_off_upload_bytes_max=1000, one_off_idle_seconds=60)
    async with outside.at_work() as world, asyncio.timeout(100), asyncio.TaskGroup() as group:
        _, token = await create_token(world, outside.by.account_id, "cli", outside.by)
        feed = Feed(world.database)
        threshold = edge(world, feed)
        run, ready, stop = RunServer(threshold), asyncio.Event(), asyncio.Event()
        server = TunnelServer(run, refuse, ("127.0.0.1", 0))
        keeper_ready = asyncio.Event()
        group.create_task(server.serve(ready, stop))
        group.create_task(Keeper(world).serve(keeper_ready, stop))
        await ready.wait()
        await keeper_ready.wait()
        made = Desk(outside, world, app, run, threshold.signer, server.port, token)
        yield made
        for line in made.lines:
            line.close()
        stop.set()
        feed.close()


async def test_a_terminal_from_the_first_byte_to_the_exit_code(desk: Desk) -> None:
    it = await desk.begin("cat; exit 4")
    status, reader, writer = await desk.connect(desk.path(it))
    assert status == b"HTTP/1.1 200 OK"
    assert (await desk.ask("PUT", desk.path(it), json={"width": "101", "height": 31})).status_code == 200
    writer.write(b"hello\n\x04")
    assert await reader.read() == b"hello\r\n"
    waited = await desk.ask("GET", f"{desk.path(it)}/wait")
    assert (waited.status_code, waited.json()) == (200, {"exit_code": 4})
    assert (await desk.ask("GET", f"{desk.path(it)}/wait")).json() == {"exit_code": 4}


async def test_who_waits_is_told_when_it_has_ended_and_who_goes_away_is_hung_up(desk: Desk) -> None:
    it = await desk.begin("cat")
    _, _, writer = await desk.connect(desk.path(it))
    waiting = asyncio.create_task(desk.ask("GET", f"{desk.path(it)}/wait"))
    writer.close()
    assert (await waiting).json() == {"exit_code": 129}


async def test_silence_is_told_by_its_own_status(desk: Desk) -> None:
    desk.outside.settings(one_off_idle_seconds=0.01)
    async with desk.outside.at_work() as hasty:
        desk.run._edge = edge(hasty, desk.run._edge.feed)
        it = await desk.begin("cat")
        _, reader, _ = await desk.connect(desk.path(it))
        assert await reader.read() == b""
        assert (await desk.ask("GET", f"{desk.path(it)}/wait")).status_code == 408


async def test_one_terminal_for_each(desk: Desk) -> None:
    it = await desk.begin("cat")
    assert (await desk.connect(desk.path(it)))[0] == b"HTTP/1.1 200 OK"
    assert (await desk.connect(desk.path(it)))[0].startswith(b"HTTP/1.1 409")


async def test_a_file_is_handed_in_before(desk: Desk) -> None:
    it = await desk.begin("cat /tmp/uploads/notes.txt")
    part = {"file": ("../notes.txt", b"something", "application/octet-stream")}
    assert (await desk.ask("POST", f"{desk.path(it)}/files", files=part)).status_code == 200
    _, reader, _ = await desk.connect(desk.path(it))
    assert await reader.read() == b"something\r\n"
    assert (await desk.ask("POST", f"{desk.path(it)}/files", files=part)).status_code == 409


async def test_a_file_that_is_too_large_or_none_is_refused(desk: Desk) -> None:
    it = await desk.begin("cat")
    files = f"{desk.path(it)}/files"
    assert (await desk.ask("POST", files, files={"file": ("a", b"x" * 1001)})).status_code == 413
    assert (await desk.ask("POST", files, files={"other": ("a", b"x")})).status_code == 422
    assert (await desk.ask("POST", files, content=b"x")).status_code == 400


@pytest.mark.parametrize(
    "said", [b'{"width":0,"height":1}', b'{"width":"x","height":1}', b"{}", b'{"width":1,"height":65536}']
)
async def test_a_size_that_is_none_is_refused(desk: Desk, said: bytes) -> None:
    it = await desk.begin("cat")
    assert (await desk.ask("PUT", desk.path(it), content=said)).status_code == 422


async def test_nobody_is_resized(desk: Desk) -> None:
    it = await desk.begin("cat")
    assert (await desk.ask("PUT", desk.path(it), json={"width": 1, "height": 1})).status_code == 409


async def test_who_does_not_know_the_secret_or_may_not_see_the_app_is_not_let_in(desk: Desk) -> None:
    it = await desk.begin("cat")
    path, world = desk.path(it), desk.world
    stranger = Account(world.ids.next(), "other", "other@example.com", 1)
    await world.database.write(lambda tx: accounts.insert(tx, stranger))
    _, theirs = await create_token(world, stranger.id, "cli", desk.outside.by)
    for wrong in (path[:-1] + ("0" if path[-1] != "0" else "1"), "/short", f"/{'0' * 64}"):
        assert (await desk.ask("GET", f"{wrong}/wait")).status_code == 404
    assert (await desk.ask("GET", f"{path}/wait", theirs)).status_code == 404
    assert (await desk.ask("GET", f"{path}/wait", "tk-us-wrong")).status_code == 401
    desk.token = "wrong"
    assert (await desk.connect(path))[0].startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize(
    ("method", "tail", "status"),
    [
        ("GET", "", 405),
        ("POST", "", 405),
        ("DELETE", "/wait", 405),
        ("GET", "/", 404),
        ("GET", "/wait/x", 404),
    ],
)
async def test_other_paths_and_methods_are_not_there(desk: Desk, method: str, tail: str, status: int) -> None:
    it = await desk.begin("cat")
    reply = await desk.ask(method, f"{desk.path(it)}{tail}")
    assert (reply.status_code, list(reply.json())[-1]) == (status, "error")


async def test_files_are_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headway.dialects.scalingo.attach.FILES_MAX", 1)
    it = await desk.begin("cat")
    statuses = [
        (await desk.ask("POST", f"{desk.path(it)}/files", files={"file": ("a", b"x")})).status_code
        for _ in "ab"
    ]
    assert statuses == [200, 413]
    with contextlib.suppress(asyncio.TimeoutError):
        await desk.connect(desk.path(it))
