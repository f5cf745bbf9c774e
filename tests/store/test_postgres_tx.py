"""Bodies on PostgreSQL: snapshots, and errors that end a transaction."""

import asyncio
import contextlib

import asyncpg

from headway.store.database import Tx
from headway.store.postgres import Postgres
from headway.store.sheets import parsed
from tests.rows import epoch, state, up_and_say

WRONG = parsed("test", "-- name: wrong\nSELECT 1 / 0\n")["wrong"]


async def test_a_read_sees_one_snapshot(postgres: Postgres) -> None:
    async def body(tx: Tx) -> tuple[int, int]:
        before = await epoch(tx)
        await postgres.write(up_and_say)
        return before, await epoch(tx)

    assert await postgres.read(body) == (0, 0)


async def test_a_body_that_swallows_an_error_of_the_database_is_refused(postgres: Postgres) -> None:
    async def body(tx: Tx) -> None:
        await up_and_say(tx)
        with contextlib.suppress(asyncpg.DivisionByZeroError):
            await tx.one(WRONG)

    outcomes = await asyncio.gather(postgres.write(up_and_say), postgres.write(body), return_exceptions=True)
    assert outcomes[0] == (1, 1)
    assert isinstance(outcomes[1], asyncpg.DivisionByZeroError)
    assert await state(postgres) == (1, [1])
