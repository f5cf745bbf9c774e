"""Sources in the database."""

import pytest

from headway.domain.world import World
from headway.errors import NotFound
from headway.model.accounts import Account
from headway.model.deployments import Source
from headway.store import sources


@pytest.fixture
async def source(world: World, admin: Account) -> Source:
    source = Source(77, admin.id, "up", "down", None, 100)
    await world.database.write(lambda tx: sources.insert(tx, source))
    return source


async def test_a_source_is_found_by_either_secret_and_neither_is_good_for_the_other(
    world: World, source: Source
) -> None:
    assert await world.database.read(lambda tx: sources.by_upload(tx, "up")) == source
    assert await world.database.read(lambda tx: sources.by_download(tx, "down")) == source
    with pytest.raises(NotFound):
        await world.database.read(lambda tx: sources.by_upload(tx, "down"))
    with pytest.raises(NotFound):
        await world.database.read(lambda tx: sources.by_download(tx, "up"))


async def test_an_upload_is_noted(world: World, source: Source) -> None:
    await world.database.write(lambda tx: sources.uploaded(tx, source.id, 12))
    assert (await world.database.read(lambda tx: sources.by_upload(tx, "up"))).size == 12


async def test_sources_are_expired_after_their_time_and_not_before(world: World, source: Source) -> None:
    assert await world.database.read(lambda tx: sources.expired(tx, 100, 9)) == []
    assert await world.database.read(lambda tx: sources.expired(tx, 101, 9)) == [source]


async def test_a_deleted_source_is_not_found(world: World, source: Source) -> None:
    await world.database.write(lambda tx: sources.delete(tx, source.id))
    with pytest.raises(NotFound):
        await world.database.read(lambda tx: sources.by_upload(tx, "up"))
