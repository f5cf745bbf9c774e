"""Calls are counted, and written down when there is time, and at the end."""

import asyncio
from typing import Any

import pytest

from headway.domain.world import World
from headway.errors import Unavailable
from headway.views import legacy_calls
from headway.web.ask import Edge
from headway.web.identity import Caller
from headway.web.ledger import Ledger
from tests.ready_made import SECRET


@pytest.fixture
async def caller(the_edge: Edge) -> Caller:
    return await the_edge.identity.caller(SECRET)


async def counted(world: World) -> dict[str, int]:
    return {it.calls.route: it.calls.calls for it in await legacy_calls.newest(world.database)}


async def test_what_was_counted_is_written_down_at_the_end(world: World, caller: Caller) -> None:
    ledger = Ledger(world)
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(ledger.serve(ready, stop))
        await ready.wait()
        for _ in range(3):
            ledger.note("old-things", caller)
        ledger.note("older-things", caller)
        stop.set()
    assert await counted(world) == {"old-things": 3, "older-things": 1}
    (it, _) = await legacy_calls.newest(world.database)
    assert it.calls.first_at <= it.calls.last_at
    assert (it.account, it.token) == ("admin", "first")


async def test_what_cannot_be_written_down_is_counted_on(
    world: World, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_body: Any) -> None:
        ledger.note("old-things", caller)
        raise Unavailable("the database does not answer")

    ledger = Ledger(world)
    ledger.note("old-things", caller)
    with monkeypatch.context() as patched:
        patched.setattr(world.database, "write", away)
        await ledger.write_down()
    await ledger.write_down()
    assert await counted(world) == {"old-things": 2}
    await ledger.write_down()
    assert await counted(world) == {"old-things": 2}
