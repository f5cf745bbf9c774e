"""Scalingo's npm client, installed once from its lock file."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests import npm

HERE = Path(__file__).parent
Drive = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture(scope="session")
def modules() -> Path:
    """The folder with the client; skips where there is no node or no npm."""
    return npm.modules(HERE, "parity-scalingo")


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
