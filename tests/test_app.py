"""The platform put together, on a scratch folder."""

import asyncio
import socket
from pathlib import Path

import httpx2
import pytest

from headway import app
from headway.clock import SystemClock
from headway.config import Config
from headway.dialects.git.ssh import SshServer
from headway.domain.containers.reconcile import Reconciler
from headway.domain.logs.collect import Collector
from headway.domain.one_offs.keep import Keeper
from headway.engine.feed import Feed
from headway.engine.janitor import Janitor
from headway.errors import Invalid, Unavailable
from headway.routers.envoy import Envoy
from headway.runtimes.process import Process
from headway.store.postgres import Postgres
from headway.store.sqlite import Sqlite
from headway.web.server import Server
from headway.web.tunnel import TunnelServer


@pytest.fixture
def config(tmp_path: Path) -> Config:
    with socket.create_server(("127.0.0.1", 0)) as free:
        apps = f"127.0.0.1:{free.getsockname()[1]}"
    return Config(
        data=str(tmp_path / "data"), listen="127.0.0.1:0", attach="127.0.0.1:0", ssh="127.0.0.1:0", apps=apps
    )


async def test_what_listens_starts_last_and_what_it_needs_before_it(config: Config) -> None:
    async with app.assembled(config) as platform:
        kinds = [type(it) for it in platform.services()]
        first = [Process, Envoy, Collector, Reconciler, Keeper, type(platform.worker), Janitor]
        assert [it for it in kinds if it in first] == first
        assert kinds[-4:] == [TunnelServer, SshServer, Server, Feed]
        assert platform.worker in platform.services()


async def test_the_parts_that_serve_are_those_that_steps_act_on(config: Config) -> None:
    async with app.assembled(config) as platform:
        assert (platform.world.runtime, platform.world.router) == (platform.runtime, platform.router)
        assert platform.world.config is config


async def test_its_data_is_for_its_owner_alone(config: Config) -> None:
    async with app.assembled(config):
        assert config.folder.stat().st_mode & 0o777 == 0o700
        assert (config.folder / "headway.db").exists()


async def test_an_address_that_is_none_is_told_before_anything_starts(config: Config) -> None:
    wrong = Config(data=config.data, listen="nowhere")
    async with app.assembled(wrong) as platform:
        with pytest.raises(Invalid) as refused:
            platform.services()
    assert set(refused.value.fields) == {"listen"}
    with pytest.raises(Invalid) as refused:
        async with app.assembled(Config(data=config.data, apps="127.0.0.1")):
            raise AssertionError
    assert set(refused.value.fields) == {"apps"}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8000", ("127.0.0.1", 8000)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:65535", ("::1", 65535)),
        (":8000", ("", 8000)),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, address: tuple[str, int]) -> None:
    assert app.address(text, "listen") == address


@pytest.mark.parametrize(
    "text", ["", "8000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "h:-1", "h:²"]
)
def test_other_texts_are_not_and_the_setting_is_named(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        app.address(text, "listen")
    assert set(refused.value.fields) == {"listen"}


@pytest.mark.parametrize(
    ("url", "kind"), [("", Sqlite), ("postgresql://h/db", Postgres), ("postgres://h/db", Postgres)]
)
def test_the_database_is_what_the_setting_names(config: Config, url: str, kind: type) -> None:
    assert isinstance(app.opened(Config(data=config.data, database=url), SystemClock()), kind)


def test_an_unknown_kind_of_database_is_invalid(config: Config) -> None:
    with pytest.raises(Invalid) as refused:
        app.opened(Config(data=config.data, database="mysql://h/db"), SystemClock())
    assert set(refused.value.fields) == {"database"}


async def test_a_runtime_that_is_not_there_is_unavailable(config: Config) -> None:
    with pytest.raises(Unavailable, match="swarm"):
        async with app.assembled(Config(data=config.data, runtime="swarm")):
            raise AssertionError


async def test_all_of_it_becomes_ready_and_stops(config: Config) -> None:
    ready, stop = asyncio.Event(), asyncio.Event()
    try:
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            group.create_task(app.serve(config, stop, ready=ready))
            await ready.wait()
            assert (config.folder / "admin.token").stat().st_mode & 0o777 == 0o600
            stop.set()
    finally:
        await app.down(config)


async def test_what_it_answers_is_the_platform_and_the_dialects(config: Config) -> None:
    async with app.assembled(config) as platform:
        server = next(it for it in platform.services() if isinstance(it, Server))
        transport = httpx2.ASGITransport(server._app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://h") as client:
            assert (await client.get("/healthz")).json() == {"status": "ok"}
            for path in ("/v1/apps", "/headway/v1/operations"):
                answer = await client.get(path)
                assert answer.status_code == 401
                assert answer.headers["content-type"].startswith("application/json")
