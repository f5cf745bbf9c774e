"""Operations as the platform's parts read them."""

import pytest

from headway.errors import NotFound
from headway.model.operations import Actor, Phase
from headway.store import operations
from headway.store.database import Database
from headway.views import operations as views
from tests.records import AT, an_operation


async def begun(database: Database, id: int) -> None:
    it = an_operation(id=id, target=f"app:{id}", phase=Phase.RUNNING, owner=1, fence=1, started_at=AT)
    await database.journal(operations.accepted(it, Actor()))


async def ended(database: Database, id: int) -> None:
    it = await views.get(database, id)
    await database.journal(operations.finished(it, AT + 1, Phase.SUCCEEDED, None))


async def test_one_that_is_not_there_is_not_found(database: Database) -> None:
    await begun(database, 1)
    assert (await views.get(database, 1)).id == 1
    with pytest.raises(NotFound):
        await views.get(database, 2)


async def test_active_are_those_that_have_not_ended_oldest_first(database: Database) -> None:
    for id in (3, 1, 2):
        await begun(database, id)
    await ended(database, 2)
    assert [it.id for it in await views.active(database)] == [1, 3]


async def test_the_newest_event_is_the_last_that_happened(database: Database) -> None:
    assert await views.last_event(database) == 0
    await begun(database, 1)
    before = await views.last_event(database)
    await ended(database, 1)
    assert await views.last_event(database) > before > 0
