"""PostgreSQL among others: bodies that are deadlocked, and processes that stop."""

import asyncio

import asyncpg
import pytest

from headway.clock import SystemClock
from headway.store.database import Row, Tx
from headway.store.postgres import Postgres
from tests.rows import SQL, epoch, up_and_say

HEARD_SECONDS = 10


async def test_a_body_that_is_deadlocked_begins_again(
    postgres: Postgres, postgres_url: str, stranger: asyncpg.Connection
) -> None:
    attempts = 0
    begun, the_other_waits = asyncio.Event(), asyncio.Event()

    async def body(tx: Tx) -> None:
        nonlocal attempts
        attempts += 1
        await tx.run(SQL["up"], id=2)
        begun.set()
        await the_other_waits.wait()
        await tx.run(SQL["up"], id=1)

    async def stand_in_the_way() -> None:
        await stranger.execute("UPDATE nodes SET epoch = 10 WHERE id = 2")
        await lock.commit()

    # Who looks for the deadlock first is its victim: the stranger has patience, and waits already.
    await stranger.execute("SET deadlock_timeout = '1min'")
    lock = stranger.transaction()
    await lock.start()
    await stranger.execute("UPDATE nodes SET epoch = 10 WHERE id = 1")
    watcher = await asyncpg.connect(postgres_url)
    async with asyncio.TaskGroup() as group:
        group.create_task(postgres.write(body))
        await begun.wait()
        group.create_task(stand_in_the_way())
        await _waiting_for_a_lock(watcher)
        the_other_waits.set()
    await watcher.close()
    assert attempts == 2
    assert await postgres.read(epoch) == 11


async def _waiting_for_a_lock(connection: asyncpg.Connection) -> None:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(HEARD_SECONDS):
        while not await connection.fetchval(query):
            await asyncio.sleep(0.01)


@pytest.mark.slow
async def test_a_process_that_stops_in_a_body_does_not_stop_the_others(
    postgres: Postgres, postgres_url: str
) -> None:
    other = Postgres(postgres_url, SystemClock())
    await other.open()
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def body(tx: Tx) -> Row | None:
        row = await up_and_say(tx)
        begun.set()
        await go_on.wait()
        return await tx.one(SQL["up"], id=row[0] if row else 0)

    async with asyncio.TaskGroup() as group:
        stopped = group.create_task(other.write(body))
        await begun.wait()
        assert await postgres.write(up_and_say) == (1, 1)
        go_on.set()
    assert stopped.result() == (1, 3)
    await other.close()
