"""How much may go over the line, and for how long."""

import asyncio
import random

import pytest

from headway.model.apps import App
from tests.outside import Outside
from tests.pushing import SERVES, Somebody, branches


@pytest.mark.parametrize("settings", [{"push_bytes_max": 10_000}])
async def test_a_push_that_is_too_large_is_refused(somebody: Somebody, outside: Outside, app: App) -> None:
    await somebody.commits(SERVES, noise=random.Random(1).randbytes(30_000).hex())
    code, said = await somebody.git("push", somebody.at(app.name), "main")
    assert code == 1
    assert "pack exceeds maximum allowed size" in said
    assert await branches(somebody) == {}


@pytest.mark.parametrize("settings", [{"push_seconds": 0.5}])
async def test_a_transfer_that_takes_too_long_is_cut(somebody: Somebody, app: App) -> None:
    argv = somebody.environment["GIT_SSH_COMMAND"].split()
    child = await asyncio.create_subprocess_exec(
        *argv,
        "-p",
        str(somebody.ssh_port),
        "git@127.0.0.1",
        f"git-receive-pack '/{app.name}.git'",
        env=somebody.environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert child.stderr is not None
    assert b"the transfer took longer than 0.5 seconds" in await child.stderr.read()
    assert await child.wait() != 0
