"""Envoy under traffic: changes, crashes of either side, and what requests and answers look like."""

import asyncio
import os
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
import websockets

from headway.clock import SystemClock
from headway.errors import Retry
from headway.routers.envoy import Envoy
from headway.routers.envoy_config import probe_stats
from headway.routers.envoy_socket import Answer, ask
from headway.routers.memory import Memory
from headway.routers.port import Endpoint, Request, Route
from tests.routers.traffic import (
    HOST,
    Client,
    Container,
    Load,
    envoys_in,
    free_port,
    process_of,
    route,
    served,
    settings,
)

CLOCK = SystemClock()


@pytest.fixture
async def one() -> AsyncIterator[Container]:
    async with Container() as container:
        yield container


@pytest.fixture
async def two() -> AsyncIterator[Container]:
    async with Container() as container:
        yield container


@pytest.mark.slow
async def test_no_request_fails_while_an_app_is_restarted_two_hundred_times_under_load(
    tmp_path: Path,
) -> None:
    its = settings()
    client = Client(its.port)
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy, Container() as still:
        await envoy.route(route("still", still.endpoint))
        old = await Container().__aenter__()
        await envoy.route(route("shop", old.endpoint))
        load = Load(client, ["shop.localhost", "still.localhost"])
        async with load.flow(8):
            for _ in range(200):
                new = await Container().__aenter__()
                await envoy.route(route("shop", new.endpoint, draining=(old.endpoint,)))
                assert await envoy.drained(old.endpoint, seconds=10)
                await old.__aexit__()
                old = new
        await old.__aexit__()
    assert load.failures == []
    assert load.requests > 1000


async def test_a_request_in_flight_ends_well_after_its_container_was_removed(
    tmp_path: Path, one: Container, two: Container
) -> None:
    its = settings()
    client = Client(its.port)
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy, asyncio.TaskGroup() as group:
        await envoy.route(route("shop", one.endpoint))
        asked = group.create_task(client.ask("shop.localhost", "/held"))
        await one.held.acquire()
        await envoy.route(route("shop", two.endpoint))
        assert await client.ask_app("shop.localhost") == two.endpoint.port
        one.release.set()
        assert (await asked).status == 200


async def test_a_websocket_lives_through_changes_of_its_own_app_and_of_others(
    tmp_path: Path, one: Container
) -> None:
    its = settings()

    async def echo(connection: websockets.ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async with served(Envoy(tmp_path, its, CLOCK)) as envoy, websockets.serve(echo, HOST, 0) as server:
        chat = Endpoint(host=HOST, port=server.sockets[0].getsockname()[1])
        await envoy.route(route("chat", chat))
        url = f"ws://chat.localhost:{its.port}"
        async with websockets.connect(url, host=HOST, port=its.port, proxy=None) as connection:
            for turn in range(10):
                await envoy.route(route(f"other{turn}", one.endpoint))
                await connection.send("still there")
                assert await connection.recv() == "still there"
            await envoy.route(route("chat", one.endpoint, draining=(chat,)))
            await connection.send("drained")
            assert await connection.recv() == "drained"
            assert not await envoy.drained(chat, seconds=0.05)
        assert await envoy.drained(chat, seconds=5)


async def test_a_new_control_plane_adopts_envoy_and_its_routes_while_traffic_flows(
    tmp_path: Path, one: Container, two: Container
) -> None:
    its = settings()
    client = Client(its.port)
    load = Load(client, ["shop.localhost"])
    async with served(Envoy(tmp_path, its, CLOCK), down=False) as envoy:
        await envoy.route(route("shop", one.endpoint))
        before = await process_of(tmp_path)
    async with load.flow(4):
        assert await client.ask_app("shop.localhost") == one.endpoint.port
        async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
            assert await envoy.routes() == [route("shop", one.endpoint)]
            await envoy.route(route("shop", two.endpoint))
            assert await client.ask_app("shop.localhost") == two.endpoint.port
            assert await process_of(tmp_path) == before
            load.stop()
    assert load.failures == []


async def test_another_port_is_taken_up_by_the_envoy_that_runs(tmp_path: Path, one: Container) -> None:
    first, second = settings(), settings()
    async with served(Envoy(tmp_path, first, CLOCK), down=False) as envoy:
        await envoy.route(route("shop", one.endpoint))
        before = await process_of(tmp_path)
    async with served(Envoy(tmp_path, second, CLOCK)):
        assert await Client(second.port).ask_app("shop.localhost") == one.endpoint.port
        assert await process_of(tmp_path) == before
        with pytest.raises(ConnectionRefusedError):
            await Client(first.port).ask("shop.localhost")


async def test_what_was_kept_but_not_told_to_envoy_is_live_when_the_next_control_plane_is_ready(
    tmp_path: Path, one: Container
) -> None:
    its = settings()
    async with served(Envoy(tmp_path, its, CLOCK), down=False):
        pass
    Memory(tmp_path / "routes", Route).keep([("shop", route("shop", one.endpoint))])
    async with served(Envoy(tmp_path, its, CLOCK)):
        assert await Client(its.port).ask_app("shop.localhost") == one.endpoint.port


async def test_envoy_comes_back_with_the_same_routes_when_it_is_killed(
    tmp_path: Path, one: Container
) -> None:
    its = settings()
    client = Client(its.port)
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", one.endpoint))
        before = await process_of(tmp_path)
        assert before
        os.kill(before, signal.SIGKILL)
        await envoy.route(route("other", one.endpoint))
        assert await client.ask_app("shop.localhost") == one.endpoint.port
        assert envoys_in(tmp_path) == [await process_of(tmp_path)] != [before]


async def test_two_control_planes_on_one_folder_share_one_envoy(tmp_path: Path) -> None:
    its = settings()
    async with served(Envoy(tmp_path, its, CLOCK)), served(Envoy(tmp_path, its, CLOCK), down=False):
        assert len(envoys_in(tmp_path)) == 1


CONTROL_PLANE = """
import asyncio, sys
from pathlib import Path
import msgspec
from headway.clock import SystemClock
from headway.routers.envoy import Envoy
from headway.routers.envoy_config import Settings
print("begun", flush=True)
its = msgspec.json.decode(sys.argv[2], type=Settings)
asyncio.run(Envoy(Path(sys.argv[1]), its, SystemClock()).serve(asyncio.Event(), asyncio.Event()))
"""


@pytest.mark.parametrize("milliseconds", [0, 3, 6, 9, 12, 20, 60])
async def test_a_control_plane_killed_while_it_starts_envoy_leaves_no_second_one(
    tmp_path: Path, milliseconds: int
) -> None:
    its = settings()
    argv = [sys.executable, "-c", CONTROL_PLANE, str(tmp_path), msgspec.json.encode(its).decode()]
    doomed = await asyncio.create_subprocess_exec(
        *argv, stdout=asyncio.subprocess.PIPE, env={"PYTHONPATH": "src"}
    )
    assert doomed.stdout
    await doomed.stdout.readline()
    await CLOCK.sleep(milliseconds / 1000)
    doomed.kill()
    async with served(Envoy(tmp_path, its, CLOCK)):
        assert len(envoys_in(tmp_path)) == 1
    await doomed.wait()
    assert envoys_in(tmp_path) == []


async def test_envoy_gets_none_of_our_files_and_runs_in_a_session_of_its_own(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as ours:
        ours.set_inheritable(True)
        async with served(Envoy(tmp_path, settings(), CLOCK)):
            pid = await process_of(tmp_path)
            assert pid
            files = {str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir()}
            assert str(Path(f"/proc/self/fd/{ours.fileno()}").readlink()) not in files
            assert os.getsid(pid) != os.getsid(0)
            assert (tmp_path / "admin.sock").stat().st_mode & 0o777 == 0o600


async def test_envoy_may_open_as_many_files_as_the_machine_allows(tmp_path: Path) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    async with served(Envoy(tmp_path, settings(), CLOCK)):
        pid = await process_of(tmp_path)
        assert pid
        assert resource.prlimit(pid, resource.RLIMIT_NOFILE) == (hard, hard)
        assert (tmp_path / "envoy.log").read_text() == ""


async def test_a_port_that_is_taken_ends_the_start_with_a_word_and_leaves_no_envoy(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        its = settings(port=taken.getsockname()[1])
        with pytest.RaisesGroup(pytest.RaisesExc(Retry, match="does not listen on .*Address already in use")):
            async with served(Envoy(tmp_path, its, CLOCK)):
                pass
    assert envoys_in(tmp_path) == []


async def test_a_change_that_nobody_carries_out_is_to_be_tried_again(tmp_path: Path, one: Container) -> None:
    with pytest.raises(Retry):
        await Envoy(tmp_path, settings(), CLOCK, live_seconds=0.01).route(route("shop", one.endpoint))


async def test_a_caller_who_gives_up_does_not_harm_the_next(tmp_path: Path, one: Container) -> None:
    its = settings()
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy, asyncio.TaskGroup() as group:
        asking = group.create_task(envoy.route(route("lost", one.endpoint)))
        await CLOCK.sleep(0)
        asking.cancel()
        await envoy.route(route("shop", one.endpoint))
        assert await Client(its.port).ask_app("shop.localhost") == one.endpoint.port


async def test_each_worker_of_envoy_has_its_own_connection_of_a_probe(tmp_path: Path) -> None:
    async with served(Envoy(tmp_path, settings(workers=4), CLOCK)):
        for probe in ("clusters", "routes"):
            stats = await ask(tmp_path, "admin.sock", f"/stats?filter={probe_stats(f'{probe}.sock')}")
            assert [line.split()[1] for line in stats.body.splitlines()] == [b"1"] * 4


async def test_a_container_that_is_gone_costs_no_request_while_another_lives(
    tmp_path: Path, one: Container
) -> None:
    its = settings()
    dead = Endpoint(host=HOST, port=free_port())
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", one.endpoint, dead))
        ports = {await Client(its.port).ask_app("shop.localhost") for _ in range(30)}
        assert ports == {one.endpoint.port}


async def test_connections_that_the_containers_server_closes_cost_no_request(
    tmp_path: Path, one: Container
) -> None:
    its = settings()
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", one.endpoint))
        for _ in range(50):
            assert await Client(its.port).ask_app("shop.localhost") == one.endpoint.port
            one.cut()


async def test_a_request_reaches_the_container_with_the_headers_that_tell_of_its_client(
    tmp_path: Path, one: Container
) -> None:
    its = settings()
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", one.endpoint))
        asked_at = CLOCK.now() // 1000
        answer = await Client(its.port).ask(
            "shop.localhost", "/a%2Fb//c?d", X_Forwarded_For="198.51.100.7", X_Real_IP="1.1.1.1"
        )
        kept = await Client(its.port).ask("shop.localhost", X_Request_ID="mine")
    heads = headers_seen(answer)
    assert answer.body.splitlines()[1] == b"GET /a%2Fb//c?d HTTP/1.1"
    assert heads["host"] == "shop.localhost"
    assert heads["x-forwarded-for"] == "198.51.100.7,127.0.0.1"
    assert heads["x-real-ip"] == HOST
    assert heads["x-forwarded-proto"] == "http"
    assert heads["x-forwarded-port"] == str(its.port)
    assert len(heads["x-request-id"]) == 36
    assert heads["x-request-start"].startswith("t=")
    assert asked_at - 1000 < int(heads["x-request-start"][2:]) < asked_at + 10_000
    assert not [name for name in heads if name.startswith("x-envoy")]
    assert headers_seen(kept)["x-request-id"] == "mine"
    assert not [name for name in answer.headers if name.startswith("x-envoy")]


def headers_seen(answer: Answer) -> dict[str, str]:
    lines = answer.body.decode().strip().splitlines()[2:]
    return {name: value for name, _, value in (line.partition(": ") for line in lines)}


async def test_an_app_that_does_not_answer_in_time_is_cut_and_one_that_streams_is_not(tmp_path: Path) -> None:
    its = settings(first_byte_seconds=0.5, idle_seconds=3)
    client = Client(its.port)
    async with Container(pause_seconds=0.7) as slow, served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", slow.endpoint))
        late = await client.ask("shop.localhost", "/held")
        assert (late.status, late.headers["x-headway-error"]) == (504, "timeout")
        streamed = await client.ask("shop.localhost", "/stream")
        assert (streamed.status, streamed.body) == (200, b"abc")


async def test_an_app_that_cuts_the_connection_or_is_not_there_gets_the_page_of_a_failure(
    tmp_path: Path, one: Container
) -> None:
    its = settings()
    client = Client(its.port)
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", one.endpoint))
        await envoy.route(route("gone", Endpoint(host=HOST, port=free_port())))
        cut = await client.ask("shop.localhost", "/cut")
        gone = await client.ask("gone.localhost")
    for answer in (cut, gone):
        assert (answer.status, answer.headers["x-headway-error"]) == (502, "upstream-failure")


async def test_a_page_names_the_app_and_comes_as_html_or_json(tmp_path: Path) -> None:
    its = settings()
    client = Client(its.port)
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        named = route("1", stopped=True, hostnames=("shop.localhost",))
        await envoy.route(msgspec.structs.replace(named, app="<shop> 100%"))
        page = await client.ask("shop.localhost")
        data = await client.ask("shop.localhost", Accept="application/json")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-store"
    assert "“&lt;shop&gt; 100%” has been stopped" in page.body.decode()
    assert data.headers["content-type"] == "application/json"
    assert msgspec.json.decode(data.body)["error"] == "stopped"
    assert "<shop> 100%" in msgspec.json.decode(data.body)["message"]
    assert data.status == page.status == 503


async def test_https_is_insisted_on_with_the_same_host_and_path(tmp_path: Path, one: Container) -> None:
    its = settings()
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", one.endpoint, force_https=True))
        answer = await Client(its.port).ask("shop.localhost", "/cart?a=1")
    assert (answer.status, answer.headers["location"]) == (301, "https://shop.localhost/cart?a=1")
    assert one.requests == 0


async def test_a_sticky_session_stays_with_its_container_until_that_is_drained(
    tmp_path: Path, one: Container, two: Container
) -> None:
    its = settings()
    client = Client(its.port)
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", one.endpoint, two.endpoint, sticky_session=True))
        first = await client.ask("shop.localhost")
        cookie = first.headers["set-cookie"]
        assert cookie.startswith("sc-sticky-session=")
        assert "Max-Age=86400" in cookie
        sent = cookie.partition(";")[0]
        mine = int(first.body.split()[0])
        again = [await client.ask("shop.localhost", Cookie=sent) for _ in range(20)]
        assert {int(answer.body.split()[0]) for answer in again} == {mine}
        left, gone = (two, one) if one.endpoint.port == mine else (one, two)
        await envoy.route(route("shop", left.endpoint, draining=(gone.endpoint,), sticky_session=True))
        moved = await client.ask("shop.localhost", Cookie=sent)
        assert int(moved.body.split()[0]) == left.endpoint.port


async def test_each_request_is_one_line_of_json_in_a_file_that_stays_small(
    tmp_path: Path, one: Container
) -> None:
    its = settings()
    client = Client(its.port)
    async with served(Envoy(tmp_path, its, CLOCK, access_log_bytes_max=1)) as envoy:
        await envoy.route(route("shop", one.endpoint, app_id="0123"))
        await client.ask("shop.localhost", "/a?b")
        turned = envoy.access_log.with_name("access.log.1")
        line = await until(lambda: turned.exists() and turned.read_bytes())
        await client.ask("shop.localhost", "/second")
        await until(lambda: any(b"/second" in file.read_bytes() for file in tmp_path.glob("access.log.*")))
    seen = msgspec.json.decode(line)
    assert (seen["app"], seen["app_id"], seen["upstream"]) == ("shop", "0123", f"{HOST}:{one.endpoint.port}")
    assert (seen["method"], seen["path"], seen["status"], seen["flags"]) == ("GET", "/a?b", 200, "-")
    assert isinstance(seen["duration_ms"], int)
    assert seen["bytes_out"] > 0
    assert len(seen["request_id"]) == 36


HOSTILE = (
    b'/quote"back\\slash\'%0a%00?x="y"',
    b"/\xc3\xbc\xf0\x9f\x9a\x80\xe2\x80\xae",
    b"/\xff\xfe",
    b"/" + b"x" * 32_768,
    b'/{"status":200}',
)
HOSTILE_HEADERS = (
    b'"quoted" \\ {"a": 1}\t\xf0\x9f\x9a\x80',
    b"\xff\xfe \xe2\x80\xa8 half \xe2\x82",
    b"y" * 32_768,
)


async def test_whatever_clients_send_each_request_is_told_once_and_none_breaks_a_line(
    tmp_path: Path, one: Container, caplog: pytest.LogCaptureFixture
) -> None:
    its = settings()
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", one.endpoint, app_id="0123"))
        for path in HOSTILE:
            await raw(its.port, path, b"agent", b"referer")
        for text in HOSTILE_HEADERS:
            await raw(its.port, b"/plain", text, b"http://" + b"z" * 2000)
        await raw(its.port, b"/last", b"agent", b"")
        told: list[Request] = []
        async with asyncio.timeout(30):
            async for some in envoy.requests(0):
                told += some
                if told[-1].path == "/last":
                    break
    assert "could not be read" not in caplog.text
    assert len(told) == len(HOSTILE) + len(HOSTILE_HEADERS) + 1
    assert told[0].path == HOSTILE[0].decode()
    assert {it.path[:3000] for it in told if it.path.startswith("/xxx")} == {"/" + "x" * 2047}
    by_header = [it for it in told if it.path == "/plain"]
    # Bytes that are no UTF-8 are told one by one, a referer that is no address not at all.
    agents = [HOSTILE_HEADERS[0].decode(), HOSTILE_HEADERS[1].decode("latin-1"), "y" * 256]
    assert [it.agent for it in by_header] == agents
    assert {len(it.referer) for it in by_header} <= {0, 1024}


async def raw(port: int, path: bytes, agent: bytes, referer: bytes) -> None:
    """One request of just these bytes; what is answered is for Envoy to say."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(b"GET %s HTTP/1.1\r\nHost: shop.localhost\r\nUser-Agent: %s\r\n" % (path, agent))
    writer.write(b"Referer: %s\r\nConnection: close\r\n\r\n" % referer)
    # Envoy may close on one who has sent nonsense before he has read what it says to that.
    with suppress(ConnectionError):
        await reader.read()
    writer.close()


async def test_what_envoy_says_stays_small(tmp_path: Path) -> None:
    async with served(Envoy(tmp_path, settings(), CLOCK)):
        output = tmp_path / "envoy.log"
        os.truncate(output, 2 << 20)
        await until(lambda: output.stat().st_size == 0)


async def until(is_so: Callable[[], Any], seconds: float = 10) -> Any:
    """Envoy writes its log when it sees fit, so ask until it has."""
    async with asyncio.timeout(seconds):
        while not (found := is_so()):
            await CLOCK.sleep(0.01)
    return found
