"""Commits are heard in other processes, and cost them little."""

import asyncio

import asyncpg

from headway.clock import SystemClock
from headway.store.postgres import Postgres
from tests.databases import Server
from tests.rows import entry, said, up_and_say

HEARD_SECONDS = 10


async def test_others_are_heard_again_after_a_restart(
    mortal: Server, postgres: Postgres, postgres_url: str
) -> None:
    mortal.stop()
    mortal.start()
    other = Postgres(postgres_url, SystemClock())
    await other.open()
    heard = asyncio.Event()
    postgres.listen(lambda _: heard.set())
    await other.write(up_and_say)
    await asyncio.wait_for(heard.wait(), HEARD_SECONDS)
    await other.close()


async def test_other_processes_are_told_once_for_many_commits(
    postgres: Postgres, stranger: asyncpg.Connection
) -> None:
    told: list[str] = []
    heard = asyncio.Event()

    def hear(*_: object) -> None:
        told.append("")
        heard.set()

    await stranger.add_listener("headway", hear)
    await asyncio.gather(
        *(postgres.write(up_and_say) for _ in range(200)),
        *(postgres.journal(entry("up", 1, said())) for _ in range(20)),
    )
    await asyncio.wait_for(heard.wait(), HEARD_SECONDS)
    assert len(told) < 50
