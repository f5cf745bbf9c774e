"""For the rooms where SQL is near: `world` on each engine in turn. Their `conftest.py` imports it."""

from pathlib import Path

import pytest

from headway.domain.world import World
from headway.store.database import Database
from tests.ready_made import peopled, world_on


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> World:
    """A world with the accounts `admin` and `other`, on each engine in turn."""
    return await peopled(world_on(database, tmp_path))
