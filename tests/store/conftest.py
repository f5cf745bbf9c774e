"""Fixtures for the store's own tests: PostgreSQL without the port around it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

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


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The first words of what was asked of the server, in order."""
    asked: list[str] = []
    for name in ("execute", "_execute"):
        monkeypatch.setattr(asyncpg.Connection, name, _noting(getattr(asyncpg.Connection, name), asked))
    return asked


def _noting(ask: Callable[..., Awaitable[Any]], asked: list[str]) -> Callable[..., Awaitable[Any]]:
    async def noted(self: asyncpg.Connection, query: str, *args: Any, **options: Any) -> Any:
        asked.append(query.split(maxsplit=1)[0])
        return await ask(self, query, *args, **options)

    return noted
