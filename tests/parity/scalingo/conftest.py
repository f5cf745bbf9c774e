"""Scalingo's npm client, installed once from its lock file into the checkout's own cache."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
CACHE = HERE.parents[2] / ".cache" / "parity-scalingo"
FILES = ("package.json", "package-lock.json")
Drive = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture(scope="session")
def modules() -> Path:
    """The folder with the client; skips where there is no node or no npm."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed: Scalingo's npm client cannot be run")
    folder = CACHE / "node_modules"
    if not installed(folder):
        CACHE.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copy(HERE / name, CACHE / name)
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=CACHE,
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )
        if done.returncode != 0:
            pytest.skip(f"npm could not install Scalingo's client: {done.stderr.strip()[-200:]}")
        shutil.copy(HERE / "package-lock.json", folder / "installed-from.json")
    return folder


def installed(folder: Path) -> bool:
    """Whether what is there came from this lock file."""
    mark = folder / "installed-from.json"
    return mark.exists() and mark.read_bytes() == (HERE / "package-lock.json").read_bytes()


@pytest.fixture
def drive(modules: Path) -> Drive:
    """Run a scenario of `client.cjs`, or another script, against a platform; what the client saw."""

    async def drive(*given: str, script: str = "client.cjs") -> dict[str, Any]:
        process = await asyncio.create_subprocess_exec(
            "node",
            str(HERE / script),
            *given,
            env={"NODE_PATH": str(modules), "PATH": "/usr/local/bin:/usr/bin:/bin"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return json.loads(out)

    return drive
