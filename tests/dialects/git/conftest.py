"""Repositories of a platform that is at work, and somebody at a terminal with the real git and the real ssh."""

import asyncio
import os
import shutil
import subprocess
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
from tests.ready_made import SECRET, add_token, served

SERVES = "web: serve\n"
SECONDS_MAX = 60


class Somebody:
    """At a terminal, with a repository and keys of their own."""

    def __init__(self, home: Path, ssh_port: int = 0) -> None:
        self.home = home
        self.repository = home / "repository"
        self.ssh_port = ssh_port
        self.repository.mkdir(parents=True)

    @property
    def environment(self) -> dict[str, str]:
        ssh = f"ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -i {self.home}/key"
        who = {
            f"GIT_{role}_{what}": "me@example.com"
            for role in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_SSH_COMMAND": f"{ssh} -o UserKnownHostsFile={self.home}/known_hosts -o LogLevel=ERROR",
            "LC_ALL": "C",
            **who,
        }

    async def does(self, *argv: str, fed: bytes | None = None) -> tuple[int, str]:
        """A command in the repository: how it ended, and what it said."""
        child = await asyncio.create_subprocess_exec(
            *argv,
            cwd=self.repository,
            env=self.environment,
            stdin=asyncio.subprocess.DEVNULL if fed is None else asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(SECONDS_MAX):
                said, _ = await child.communicate(fed)
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        assert child.returncode is not None
        return child.returncode, said.decode(errors="replace")

    async def git(self, *argv: str) -> tuple[int, str]:
        """Git does it."""
        return await self.does("git", *argv)

    async def well(self, *argv: str) -> str:
        """Git does it, and well."""
        code, said = await self.git(*argv)
        assert code == 0, said
        return said

    async def commits(self, procfile: str, **files: str) -> str:
        """A Procfile and other files, committed; the commit."""
        if not (self.repository / ".git").exists():
            await self.well("init", "-q", "-b", "main")
        for name, content in {"Procfile": procfile, **files}.items():
            (self.repository / name).parent.mkdir(parents=True, exist_ok=True)
            (self.repository / name).write_text(content)
        await self.well("add", "-A")
        await self.well("commit", "-q", "--allow-empty", "-m", "changed")
        return (await self.well("rev-parse", "HEAD")).strip()

    def at(self, app: str) -> str:
        """The URL of an app's repository over SSH."""
        return f"ssh://git@127.0.0.1:{self.ssh_port}/{app}.git"


def key_made(file: Path) -> str:
    """A new key in the file; its fingerprint."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True)
    told = subprocess.run(["ssh-keygen", "-lf", str(file)], check=True, capture_output=True, text=True)
    return told.stdout.split()[1]


async def branches(me: Somebody) -> dict[str, str]:
    """What a clone would get."""
    said = await me.well("ls-remote", me.at("hello-git"))
    return {ref: commit for commit, ref in (line.split() for line in said.splitlines())}


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
