"""Where a file may go."""

import pytest

from headway.domain.files.create import create_folder
from headway.domain.files.room import check_place, check_room
from headway.domain.world import World
from headway.errors import Invalid, TooLarge
from headway.model.files import DEPTH_MAX, ROOT
from tests.domain.files.conftest import Upload
from tests.outside import Outside


async def test_folders_go_only_so_deep(outside: Outside, world: World) -> None:
    container = ROOT
    for _ in range(DEPTH_MAX):
        container = (await create_folder(world, "deeper", container, outside.by)).id
    with pytest.raises(Invalid) as refused:
        await world.database.read(lambda tx: check_place(tx, outside.by.account_id, container, 1))
    assert set(refused.value.fields) == {"container"}


async def test_an_account_keeps_only_so_much(outside: Outside, upload: Upload) -> None:
    outside.settings(files_per_account_max=3, file_bytes_per_account_max=10)
    await upload("one", b"12345")
    world = outside.process()[0]
    id = outside.by.account_id
    await world.database.read(lambda tx: check_room(world, tx, id, 2, 5))
    for count, size in ((3, 0), (0, 6)):
        with pytest.raises(TooLarge):
            await world.database.read(lambda tx, c=count, s=size: check_room(world, tx, id, c, s))
