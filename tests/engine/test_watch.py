"""Who is given up, and who is not: on PostgreSQL, where nodes hold marks."""

from collections.abc import AsyncIterator

import pytest

from headway.clock import SystemClock
from headway.engine.watch import LOOKS, Watch
from headway.store import nodes, postgres_marks
from headway.store.nodes import Epoch
from headway.store.postgres import Postgres
from tests.databases import Databases, Server, fresh
from tests.engine.plays import begun, play

HOUR = 3_600_000_000


@pytest.fixture
async def both(server: Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Postgres, Postgres]]:
    """One database, open in two processes as it were, which believe what they see."""
    monkeypatch.setattr(postgres_marks, "SETTLED_SECONDS", -1)
    async with fresh(server) as url:
        databases = Databases(url)
        one, two = await databases.another(), await databases.another()
        assert isinstance(one, Postgres)
        assert isinstance(two, Postgres)
        yield one, two
        await databases.close()


async def _registered(database: Postgres, name: str) -> Epoch:
    mark, now = await database.marks.take(), SystemClock().now()
    return await database.write(lambda tx: nodes.register(tx, name, now, HOUR, mark))


async def _looked(watch: Watch, me: int) -> list[list[Epoch]]:
    return [await watch.gone(me) for _ in range(LOOKS)]


async def test_a_node_is_given_up_when_its_mark_is_free_for_some_looks(
    both: tuple[Postgres, Postgres],
) -> None:
    here, there = both
    me, other = await _registered(here, "me"), await _registered(there, "other")
    await begun(here, play("a"), owner=other.node)
    watch = Watch(here, here.marks)
    assert await _looked(watch, me.node) == [[]] * LOOKS
    await there.close()
    seen: list[list[Epoch]] = []
    while not seen or not seen[-1]:
        seen.append(await watch.gone(me.node))
    assert seen[-1] == [other]
    assert len(seen) >= LOOKS


async def test_a_node_that_takes_its_mark_again_in_time_is_not_given_up(
    both: tuple[Postgres, Postgres],
) -> None:
    here, there = both
    me, other = await _registered(here, "me"), await _registered(there, "other")
    await begun(here, play("a"), owner=other.node)
    watch = Watch(here, here.marks)
    mark = await there.marks.take()
    for _ in range(LOOKS):
        await there.marks.drop()
        while mark not in await here.marks.free([mark]):
            pass
        assert [await watch.gone(me.node) for _ in range(LOOKS - 1)] == [[]] * (LOOKS - 1)
        other = await _registered(there, "other")
        mark = await there.marks.take()
        assert await watch.gone(me.node) == []
    assert other.number == LOOKS + 1


async def test_a_node_that_performs_nothing_is_left_alone(both: tuple[Postgres, Postgres]) -> None:
    here, there = both
    me = await _registered(here, "me")
    mark = (await there.marks.take(), await _registered(there, "other"))[0]
    await there.close()
    while mark not in await here.marks.free([mark]):
        pass
    assert await _looked(Watch(here, here.marks), me.node) == [[]] * LOOKS


async def test_an_epoch_that_is_over_is_not_ended_again(both: tuple[Postgres, Postgres]) -> None:
    here, there = both
    other = await _registered(there, "other")
    assert await here.write(lambda tx: nodes.end(tx, other))
    assert not await here.write(lambda tx: nodes.end(tx, other))
