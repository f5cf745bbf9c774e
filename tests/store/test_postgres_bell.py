"""Commits are heard in other processes, and cost them little."""

import asyncio

import asyncpg
import pytest

from headway.clock import SystemClock
from headway.store.database import Touched
from headway.store.postgres import Postgres
from headway.store.postgres_bell import PAYLOAD_MAX, read, written
from tests.databases import Server
from tests.rows import accepted, entry, said, up_and_say

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


@pytest.mark.parametrize(
    "touched",
    [
        Touched(),
        Touched(frozenset({1, 2**62})),
        Touched(nouns=frozenset({"apps", "tokens"})),
        Touched(frozenset(range(10**18, 10**18 + 300)), frozenset({10**18}), frozenset({"apps"})),
    ],
)
def test_what_was_touched_is_read_as_it_was_written(touched: Touched) -> None:
    assert read(written(touched)) == touched


def test_what_is_too_much_for_a_notification_is_not_known() -> None:
    touched = Touched(frozenset(range(10**18, 10**18 + 1000)))
    assert len(written(touched)) <= PAYLOAD_MAX
    assert read(written(touched)) is None


async def test_others_are_told_what_was_touched(postgres: Postgres, stranger: asyncpg.Connection) -> None:
    heard: asyncio.Queue[Touched | None] = asyncio.Queue()
    await stranger.add_listener("headway", lambda *told: heard.put_nowait(read(str(told[3]))))
    await postgres.journal(accepted(5))
    async with asyncio.timeout(HEARD_SECONDS):
        while (told := await heard.get()) is None or 5 not in told.operations:
            pass
