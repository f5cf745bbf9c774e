"""Bodies on PostgreSQL: snapshots, and errors that end a transaction."""

import asyncio
import contextlib

import asyncpg
import pytest

from headway.store.database import Tx
from headway.store.postgres import Postgres
from headway.store.sheets import parsed
from tests.rows import SQL, epoch, state, up_and_say

WRONG = parsed("test", "-- name: wrong\nSELECT 1 / 0\n")["wrong"]


async def test_a_read_sees_one_snapshot(postgres: Postgres) -> None:
    async def body(tx: Tx) -> tuple[int, int]:
        before = await epoch(tx)
        await postgres.write(up_and_say)
        return before, await epoch(tx)

    before, after = await postgres.read(body)
    assert before == after


async def test_bodies_that_all_go_well_need_no_savepoint(postgres: Postgres, asked: list[str]) -> None:
    async def refused(tx: Tx) -> None:
        assert await tx.run(SQL["set"], id=7, epoch=1) == 0
        raise LookupError("no such node")

    outcomes = await asyncio.gather(
        postgres.write(up_and_say),
        postgres.write(refused),
        postgres.write(up_and_say),
        return_exceptions=True,
    )
    assert [outcomes[0], outcomes[2]] == [(1, 1), (1, 2)]
    assert isinstance(outcomes[1], LookupError)
    assert asked.count("BEGIN;") == 1
    assert not {"RELEASE", "SAVEPOINT", "ROLLBACK"} & set(asked)


async def test_what_a_body_has_changed_is_taken_back_when_it_raises(
    postgres: Postgres, asked: list[str]
) -> None:
    async def body(tx: Tx) -> None:
        await up_and_say(tx)
        raise LookupError("its own")

    outcomes = await asyncio.gather(
        postgres.write(up_and_say), postgres.write(body), postgres.write(up_and_say), return_exceptions=True
    )
    assert [outcomes[0], outcomes[2]] == [(1, 1), (1, 2)]
    assert isinstance(outcomes[1], LookupError)
    assert await state(postgres) == (2, [1, 2])
    assert asked.count("BEGIN;") == 2


async def test_a_body_that_swallows_an_error_of_the_database_is_refused(postgres: Postgres) -> None:
    async def body(tx: Tx) -> None:
        await up_and_say(tx)
        with contextlib.suppress(asyncpg.DivisionByZeroError):
            await tx.one(WRONG)

    outcomes = await asyncio.gather(postgres.write(up_and_say), postgres.write(body), return_exceptions=True)
    assert outcomes[0] == (1, 1)
    assert isinstance(outcomes[1], asyncpg.DivisionByZeroError)
    assert await state(postgres) == (1, [1])


@pytest.mark.parametrize("others", [0, 1])
async def test_a_body_may_make_an_error_of_the_database_its_own(postgres: Postgres, others: int) -> None:
    async def body(tx: Tx) -> None:
        await up_and_say(tx)
        with contextlib.suppress(Exception):
            await tx.one(WRONG)
        raise LookupError("its own")

    bodies = (body, *(up_and_say for _ in range(others)))
    outcomes = await asyncio.gather(*map(postgres.write, bodies), return_exceptions=True)
    assert isinstance(outcomes[0], LookupError)
    assert await state(postgres) == (others, [1] * others)
