"""How long it takes until somebody goes on: measured, said, and bounded generously, for a machine that is loaded."""

import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from headway.config import Config
from headway.model.operations import Operation
from headway.store.database import Database
from tests.databases import Databases
from tests.engine.folding import check
from tests.engine.nodes import ended
from tests.engine.plays import history
from tests.faults.figures import Figures
from tests.journeys.test_zombie import Process, Start, start, submit

__all__ = ["start"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
LOADED_MACHINE_SECONDS = 60
LEASE_SECONDS = Config().lease_seconds


@pytest.fixture
async def held(database: Database, start: Start, tmp_path: Path) -> AsyncIterator[tuple[Process, Operation]]:
    """A worker with an operation in its hands, and the operation; at the end it has ended, and its history is sound."""
    first = await start("first", LEASE_SECONDS)
    it = await submit(database, tmp_path / "go")
    await first.says("wait 1")
    yield first, it
    (tmp_path / "go").touch()
    check(await ended(database, it.id), await history(database, it.id))


@pytest.mark.parametrize(
    ("how", "number"), [("its process died", signal.SIGKILL), ("its machine went silent", signal.SIGSTOP)]
)
async def test_another_one_goes_on(
    held: tuple[Process, Operation],
    databases: Databases,
    start: Start,
    figures: Figures,
    how: str,
    number: signal.Signals,
) -> None:
    first, _ = held
    second = await start("second", LEASE_SECONDS)
    first.signal(number)
    gone = time.monotonic()
    await second.says("wait 2")
    seconds = time.monotonic() - gone
    engine = "postgres" if databases.url.startswith("postgresql:") else "sqlite"
    figures.say(f"take-over when {how}, {engine}", seconds=round(seconds, 2), lease_seconds=LEASE_SECONDS)
    assert seconds < LOADED_MACHINE_SECONDS
