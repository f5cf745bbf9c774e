"""The schema is brought forward once, in order, and never by a program that is too old."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from headway.errors import Conflict
from headway.store import migrate
from headway.store.database import Tx
from headway.store.migrate import Migration
from headway.store.sheets import parsed
from tests.databases import Databases, fresh, of

OPENINGS = 6
SQL = parsed(
    "test",
    """
-- name: newer
INSERT INTO migrations (version, name, checksum) VALUES (9999, 'later', '')
-- name: changed
UPDATE migrations SET checksum = 'other' WHERE version = 1
-- name: versions
SELECT version FROM migrations ORDER BY version
""",
)


@pytest.fixture(params=["sqlite", "postgres"])
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a database without a schema."""
    if request.param == "sqlite":
        yield str(tmp_path / "headway.db")
        return
    async with fresh(request.getfixturevalue("server"), template="template1") as url:
        yield url


async def _versions(url: str) -> list[int]:
    async def body(tx: Tx) -> list[int]:
        return [version for (version,) in await tx.all(SQL["versions"])]

    databases = Databases(url)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(databases.close)
        return await (await databases.another()).read(body)


def _open_and_close(url: str) -> None:
    async def main() -> None:
        database = of(url)
        await database.open()
        await database.close()

    asyncio.run(main())


async def test_an_empty_database_gets_every_migration_once(empty: str) -> None:
    known = [migration.version for migration in migrate.migrations()]
    assert await _versions(empty) == known
    assert await _versions(empty) == known


async def test_of_many_who_start_at_once_one_brings_the_schema_forward(empty: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(_open_and_close, empty) for _ in range(OPENINGS)))
    assert await _versions(empty) == [migration.version for migration in migrate.migrations()]


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [("newer", "schema 9999, newer than this program"), ("changed", "0001_first was changed")],
)
async def test_a_schema_that_this_program_does_not_know_is_refused(
    databases: Databases, statement: str, sentence: str
) -> None:
    await (await databases.another()).write(lambda tx: tx.run(SQL[statement]))
    with pytest.raises(Conflict, match=sentence):
        await databases.another()


def test_migrations_are_numbered_from_one_without_a_gap() -> None:
    assert [migration.version for migration in migrate.migrations()] == list(
        range(1, len(migrate.migrations()) + 1)
    )


def test_what_was_carried_out_is_not_missing() -> None:
    every = migrate.migrations()
    assert migrate.missing([]) == every
    assert migrate.missing([(migration.version, migration.checksum) for migration in every]) == []


def test_a_migration_is_cut_into_statements_for_each_engine() -> None:
    text = "-- Why.\nCREATE TABLE a (id BIGINT PRIMARY KEY);\n-- only: postgres\nCREATE TABLE b (x INT);\n-- all\n"
    migration = Migration(1, "0001_it", "", text)
    assert migration.statements("sqlite") == ["CREATE TABLE a (id INTEGER PRIMARY KEY)"]
    assert migration.statements("postgres") == [
        "CREATE TABLE a (id BIGINT PRIMARY KEY)",
        "CREATE TABLE b (x INT)",
    ]
