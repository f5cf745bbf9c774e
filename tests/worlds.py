"""Fixtures: a world, and who is in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from headway.domain.apps.create import create
from headway.domain.world import World
from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.operations import Actor
from headway.store import accounts
from headway.store.database import Database
from tests.ready_made import world_in, world_on


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A world on SQLite, with the accounts `admin` and `other`; `tests/on_both.py` has one on each engine."""
    async with world_in(tmp_path) as world:
        yield world


@pytest.fixture
def bare_world(database: Database, tmp_path: Path) -> World:
    """A world with nobody in it, on each engine in turn."""
    return world_on(database, tmp_path)


@pytest.fixture
async def admin(world: World) -> Account:
    return await world.database.read(lambda tx: accounts.by_name(tx, "admin"))


@pytest.fixture
async def other(world: World) -> Account:
    return await world.database.read(lambda tx: accounts.by_name(tx, "other"))


@pytest.fixture
def by(admin: Account) -> Actor:
    """The admin, as who wants something."""
    return Actor(account_id=admin.id, name=admin.name, dialect="tests")


@pytest.fixture
async def app(world: World, by: Actor) -> App:
    """An app of the admin that was never deployed."""
    return await create(world, "hello-world", by)
