"""Repositories of a platform that is at work, and somebody at a terminal with the real git and the real ssh."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from headway.clock import SystemClock
from headway.dialects.git.http import git
from headway.dialects.git.ssh import SshServer
from headway.domain.apps.create import create
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.errors import NotFound
from headway.model.accounts import Account
from headway.model.apps import App
from headway.store import accounts
from headway.store.sqlite import Sqlite
from headway.web.ask import Edge, edge
from headway.web.dialect import mount
from tests.outside import Outside
from tests.pushing import Somebody, key_made
from tests.ready_made import SECRET, add_token, served


@pytest.fixture
def settings() -> dict[str, Any]:
    """What differs from the defaults; tests parametrise it."""
    return {}


@pytest.fixture
async def outside(tmp_path: Path, settings: dict[str, Any]) -> AsyncIterator[Outside]:
    """A world outside, on SQLite."""
    folder = tmp_path / "platform"
    folder.mkdir()
    database = Sqlite(folder / "headway.db", SystemClock())
    await database.open()
    try:
        async with Outside(folder, database).open() as outside:
            outside.settings(**settings)
            yield outside
    finally:
        await database.close()


@pytest.fixture
async def world(outside: Outside) -> AsyncIterator[World]:
    async with outside.at_work() as world:
        await add_token(world, outside.by.account_id, SECRET)
        yield world


@pytest.fixture
async def app(world: World, outside: Outside) -> App:
    return await create(world, "hello-git", outside.by)


@pytest.fixture
async def the_edge(world: World) -> AsyncIterator[Edge]:
    feed = Feed(world.database)
    yield edge(world, feed)
    feed.close()


@pytest.fixture
async def somebody(the_edge: Edge, outside: Outside, tmp_path: Path) -> AsyncIterator[Somebody]:
    """The admin, who reaches the repositories over SSH."""
    if shutil.which("ssh") is None:
        pytest.skip("there is no ssh client")
    me = Somebody(tmp_path / "me")
    mine = key_made(me.home / "key")

    async def account_of(fingerprint: str) -> Account:
        if fingerprint != mine:
            raise NotFound("key")
        return await outside.database.read(lambda tx: accounts.get(tx, outside.by.account_id))

    server = SshServer(the_edge, ("127.0.0.1", 0), account_of)
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve(ready, stop))
        await ready.wait()
        me.ssh_port = server.port
        yield me
        stop.set()


@pytest.fixture
async def place(the_edge: Edge, tmp_path: Path) -> AsyncIterator[tuple[Somebody, str]]:
    """Somebody, and the address at which they reach the repositories over HTTP."""
    async with served(mount(the_edge, [git(the_edge)])) as address:
        yield Somebody(tmp_path / "me"), address
