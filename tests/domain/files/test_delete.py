"""A file goes, and a folder with all that is in it."""

import pytest

from headway.domain.files.delete import delete
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.files import File
from headway.model.operations import Actor
from headway.store import files
from tests.domain.files.conftest import Upload
from tests.outside import Outside


async def test_a_folder_goes_with_everything_in_it(
    outside: Outside, world: World, folder: File, upload: Upload
) -> None:
    stays = await upload("stays.csv")
    await delete(world, folder.id, outside.by)
    assert (await world.database.read(lambda tx: files.used(tx, outside.by.account_id)))[0] == 1
    with pytest.raises(NotFound):
        await delete(world, folder.id, outside.by)
    with pytest.raises(NotFound):
        await delete(world, stays.id, Actor(account_id=1))
