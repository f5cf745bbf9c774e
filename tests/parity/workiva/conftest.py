"""Both of Workiva's clients on PyPI, installed once from a lock with hashes, in an environment of their own."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.dialects.workiva.conftest import client, opened, still, working, world
from tests.side_by_side import one_at_a_time

__all__ = ["client", "opened", "still", "working", "world"]
HERE = Path(__file__).parent
CACHE = HERE.parents[2] / ".cache" / "parity-workiva"
LOCK = HERE / "requirements.lock"
PIP = ("-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps")
Drive = Callable[..., Awaitable[Any]]


@pytest.fixture(scope="session")
def clients() -> Path:
    """The Python that has them; skips where they cannot be installed."""
    folder = CACHE / f"{sys.version_info[0]}.{sys.version_info[1]}"
    with one_at_a_time(CACHE):
        if not installed(folder):
            shutil.rmtree(folder, ignore_errors=True)
            run(sys.executable, "-m", "venv", str(folder))
            wanted = ("--require-hashes", "--only-binary=:all:", "-r", str(LOCK))
            run(str(folder / "bin" / "python"), *PIP, *wanted)
            shutil.copy(LOCK, folder / "installed-from.lock")
    return folder / "bin" / "python"


def installed(folder: Path) -> bool:
    """Whether what is there came from this lock file."""
    mark = folder / "installed-from.lock"
    return mark.exists() and mark.read_bytes() == LOCK.read_bytes()


def run(*argv: str) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, timeout=110, check=False)
    if done.returncode:
        pytest.skip(f"Workiva's clients could not be installed: {done.stderr.strip()[-200:]}")


@pytest.fixture
def drive(clients: Path) -> Drive:
    """Run a scenario of `client.py` with one of the packages; what the client saw."""

    async def drive(package: str, scenario: str, base: str, secret: str, *more: str) -> Any:
        process = await asyncio.create_subprocess_exec(
            str(clients),
            str(HERE / "client.py"),
            package,
            scenario,
            base,
            secret,
            *more,
            env={"PATH": "/usr/bin:/bin", "NO_PROXY": "*"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return json.loads(out)

    return drive
