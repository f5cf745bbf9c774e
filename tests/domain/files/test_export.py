"""An export: an artefact that belongs to its operation."""

import zipfile

import pytest

from headway.domain.files.delete import delete
from headway.domain.files.export import export
from headway.domain.operations.cancel import cancel
from headway.domain.world import World
from headway.errors import Busy, Invalid, NotFound
from headway.model.files import File
from headway.model.operations import Actor, Operation, Phase
from headway.store import exports
from headway.views import files as views
from tests.domain.files.conftest import Upload
from tests.outside import Outside


async def failed_with(outside: Outside, operation: Operation) -> str:
    end = await outside.end_of(operation)
    assert end.phase is Phase.FAILED
    assert end.detail is not None
    with pytest.raises(NotFound):
        await outside.database.read(lambda tx: exports.get(tx, end.id))
    return end.detail.code


async def test_a_folder_becomes_a_zip(outside: Outside, world: World, folder: File) -> None:
    operation = await export(world, folder.id, "", outside.by)
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    by = outside.by.account_id
    it, path = await views.exported(world.database, world.blobs, by, operation.id)
    assert (it.name, it.media, it.size) == ("top.zip", "application/zip", path.stat().st_size)
    with zipfile.ZipFile(path) as made:
        assert sorted(made.namelist()) == ["top/", "top/below/", "top/below/two.txt", "top/one.csv"]
    assert "made top.zip" in await outside.said(operation)


async def test_what_is_damaged_gone_or_too_large_is_not_exported(outside: Outside, upload: Upload) -> None:
    world = outside.process()[0]
    damaged, gone, large = [await upload(name, name.encode()) for name in ("damaged", "gone", "large")]
    begun = [await export(world, it.id, "", outside.by) for it in (damaged, gone, large)]
    world.blobs.path(damaged.digest).write_bytes(b"")
    await delete(world, gone.id, outside.by)
    outside.settings(file_bytes_per_account_max=16)
    async with outside.at_work():
        codes = [await failed_with(outside, it) for it in begun]
    assert codes == ["content-lost", "file-gone", "record-refused"]


async def test_one_that_is_cancelled_leaves_nothing(outside: Outside, folder: File) -> None:
    world = outside.process()[0]
    operation = await export(world, folder.id, "", outside.by)
    await cancel(world, operation.id, "", by=outside.by)
    async with outside.at_work():
        assert (await outside.end_of(operation)).phase is Phase.CANCELLED
    with pytest.raises(NotFound):
        await outside.database.read(lambda tx: exports.get(tx, operation.id))


async def test_what_cannot_be_is_refused_at_once(outside: Outside, folder: File) -> None:
    world = outside.process()[0]
    with pytest.raises(NotFound):
        await export(world, folder.id, "", Actor(account_id=1))
    with pytest.raises(Invalid):
        await export(world, folder.id, "pdf", outside.by)
    first = await export(world, folder.id, "", outside.by, "k")
    assert (await export(world, folder.id, "", outside.by, "k")).id == first.id
    with pytest.raises(Busy):
        await export(world, folder.id, "", outside.by)
