"""Fixtures for the store's own tests: PostgreSQL without the port around it."""

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from headway.store.postgres import Postgres
from tests.databases import Databases, Server, fresh
from tests.on_both import world
from tests.rows import put

__all__ = ["world"]


@pytest.fixture
async def postgres_url(server: Server) -> AsyncIterator[str]:
    """A database on the server, with the schema in it."""
    async with fresh(server) as url:
        yield url


@pytest.fixture
def mortal(server: Server) -> Iterator[Server]:
    """The server, for a test that stops it; it is there again afterwards."""
    yield server
    server.start()


@pytest.fixture
async def postgres(postgres_url: str) -> AsyncIterator[Postgres]:
    """That database, open, with the nodes 1 and 2."""
    databases = Databases(postgres_url)
    postgres = await databases.another()
    assert isinstance(postgres, Postgres)
    await put(postgres, 1, 2)
    yield postgres
    await databases.close()


@pytest.fixture
async def stranger(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody else's connection to it."""
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()
