"""A copy: of everything at once, of nothing that is damaged, and never by halves."""

import pytest

from headway.domain.files.copy import copy
from headway.domain.files.create import create_folder
from headway.domain.files.delete import delete
from headway.domain.operations.cancel import cancel
from headway.domain.world import World
from headway.errors import Busy, Invalid, KeyReused, NotFound, TooLarge
from headway.model.files import ROOT, File
from headway.model.operations import Actor, Phase
from headway.store import files
from tests.domain.files.conftest import Upload
from tests.outside import Outside


async def made_by(outside: Outside, id: int) -> list[File]:
    return await outside.database.read(lambda tx: files.of_operation(tx, id, 0, 100))


async def test_a_folder_is_copied_with_everything_in_it(outside: Outside, world: World, folder: File) -> None:
    elsewhere = await create_folder(world, "elsewhere", ROOT, outside.by)
    operation = await copy(world, folder.id, elsewhere.id, outside.by, name="another")
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    made = await made_by(outside, operation.id)
    by = outside.by.account_id
    top = next(it for it in made if it.container_id == elsewhere.id)
    tree = await world.database.read(lambda tx: files.tree(tx, by, top.id))
    assert sorted(it.id for it in tree) == sorted(it.id for it in made)
    before = await world.database.read(lambda tx: files.tree(tx, by, folder.id))
    assert [it.name for it in tree] == ["another", *(it.name for it in before[1:])]
    assert [it.digest for it in tree] == [it.digest for it in before]
    assert "read 2 contents, 6 bytes" in await outside.said(operation)


async def test_a_folder_is_copied_into_itself_as_it_was(outside: Outside, world: World, folder: File) -> None:
    operation = await copy(world, folder.id, folder.id, outside.by)
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    assert len(await made_by(outside, operation.id)) == 4


async def test_a_damaged_content_is_not_multiplied(outside: Outside, world: World, upload: Upload) -> None:
    file = await upload("one.csv")
    world.blobs.path(file.digest).write_bytes(b"a,c\n")
    end = await outside.end_of(await copy(world, file.id, ROOT, outside.by))
    assert (end.phase, end.detail and end.detail.code) == (Phase.FAILED, "content-lost")
    assert await made_by(outside, end.id) == []


async def test_what_is_deleted_meanwhile_is_not_copied(outside: Outside, folder: File) -> None:
    # Nobody is at work yet.
    world = outside.process()[0]
    operation = await copy(world, folder.id, ROOT, outside.by)
    await delete(world, folder.id, outside.by)
    async with outside.at_work():
        end = await outside.end_of(operation)
    assert (end.phase, end.detail and end.detail.code) == (Phase.FAILED, "file-gone")


async def test_where_it_was_to_go_may_be_gone_at_the_end(outside: Outside, folder: File) -> None:
    world = outside.process()[0]
    elsewhere = await create_folder(world, "elsewhere", ROOT, outside.by)
    operation = await copy(world, folder.id, elsewhere.id, outside.by)
    await delete(world, elsewhere.id, outside.by)
    async with outside.at_work():
        end = await outside.end_of(operation)
    assert (end.phase, end.detail and end.detail.code) == (Phase.FAILED, "record-refused")
    assert await made_by(outside, end.id) == []


async def test_one_that_is_cancelled_leaves_nothing(outside: Outside, folder: File) -> None:
    world = outside.process()[0]
    operation = await copy(world, folder.id, ROOT, outside.by)
    await cancel(world, operation.id, "", by=outside.by)
    async with outside.at_work():
        assert (await outside.end_of(operation)).phase is Phase.CANCELLED
    assert await made_by(outside, operation.id) == []


async def test_what_cannot_be_is_refused_at_once(outside: Outside, folder: File, upload: Upload) -> None:
    world = outside.process()[0]
    file = await upload("one.csv")
    with pytest.raises(NotFound):
        await copy(world, folder.id, ROOT, Actor(account_id=1))
    with pytest.raises(Invalid):
        await copy(world, folder.id, file.id, outside.by)
    with pytest.raises(Invalid):
        await copy(world, folder.id, ROOT, outside.by, name="a/b")
    outside.settings(files_per_account_max=6)
    with pytest.raises(TooLarge):
        await copy(outside.process()[0], folder.id, ROOT, outside.by)


async def test_the_same_key_is_the_same_copy(outside: Outside, folder: File) -> None:
    world = outside.process()[0]
    first = await copy(world, folder.id, ROOT, outside.by, key="k")
    assert (await copy(world, folder.id, ROOT, outside.by, key="k")).id == first.id
    with pytest.raises(KeyReused):
        await copy(world, folder.id, ROOT, outside.by, name="another", key="k")
    with pytest.raises(Busy):
        await copy(world, folder.id, ROOT, outside.by)
