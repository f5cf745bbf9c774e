"""Files as people see them."""

from collections.abc import AsyncIterator

import pytest

from headway.domain.files.create import Wish, create_file, create_folder
from headway.domain.world import World
from headway.errors import Invalid, NotFound
from headway.model.accounts import Account
from headway.model.files import ROOT
from headway.model.operations import Actor
from headway.views import files


async def coming() -> AsyncIterator[bytes]:
    yield b"1"


async def test_a_file_and_its_content_are_its_accounts_only(
    world: World, admin: Account, other: Account, by: Actor
) -> None:
    folder = await create_folder(world, "top", ROOT, by)
    file = await create_file(world, Wish(name="a", container_id=folder.id), coming(), by)
    database, blobs = world.database, world.blobs
    assert await files.get(database, admin.id, file.id) == file
    assert await files.children(database, admin.id, folder.id, 0, 9) == [file]
    found, path = await files.content(database, blobs, admin.id, file.id)
    assert (found, path.read_bytes()) == (file, b"1")
    with pytest.raises(NotFound):
        await files.content(database, blobs, other.id, file.id)
    with pytest.raises(NotFound):
        await files.content(database, blobs, admin.id, folder.id)
    with pytest.raises(Invalid):
        await files.children(database, other.id, folder.id, 0, 9)


async def test_nothing_came_of_an_operation_that_is_not_there(world: World, admin: Account) -> None:
    with pytest.raises(NotFound):
        await files.copied(world.database, admin.id, 7, 0, 9)
    with pytest.raises(NotFound):
        await files.exported(world.database, world.blobs, admin.id, 7)
