"""Files and folders are made, or nothing of them."""

from collections.abc import AsyncIterator

import pytest

from headway.domain.files.create import Wish, create_file, create_folder
from headway.domain.world import World
from headway.errors import Invalid, TooLarge
from headway.model.files import ROOT, Kind
from headway.store import events, files
from tests.domain.files.conftest import Upload
from tests.outside import Outside


async def unasked() -> AsyncIterator[bytes]:
    raise AssertionError("nothing was to be taken in")
    yield b""


async def test_a_file_is_there_with_its_content(outside: Outside, world: World, upload: Upload) -> None:
    folder = await create_folder(world, "top", ROOT, outside.by)
    file = await upload("one.csv", b"1,2\n", folder.id)
    assert (file.kind, file.media, file.size, file.container_id) == (
        Kind.SPREADSHEET,
        "text/csv",
        4,
        folder.id,
    )
    assert world.blobs.path(file.digest).read_bytes() == b"1,2\n"
    by = outside.by.account_id
    assert await world.database.read(lambda tx: files.get(tx, by, file.id)) == file
    happened = await world.database.read(lambda tx: events.after(tx, 0))
    assert [it.name for it in happened if it.target == f"file:{file.id}"] == ["file.created"]


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish(name="a/b"), "name"),
        (Wish(name="a", media="csv"), "media"),
        (Wish(name="a", container_id=7), "container"),
        (Wish(name="a", kind=Kind.FOLDER), "kind"),
    ],
)
async def test_a_wrong_wish_is_refused_before_anything_is_taken_in(
    outside: Outside, world: World, wish: Wish, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await create_file(world, wish, unasked(), outside.by)
    assert set(refused.value.fields) == {field}


async def test_what_is_too_large_leaves_nothing(outside: Outside, upload: Upload) -> None:
    outside.settings(file_bytes_per_account_max=3)
    world = outside.process()[0]

    async def chunks() -> AsyncIterator[bytes]:
        yield b"1234"

    with pytest.raises(TooLarge):
        await create_file(world, Wish(name="a"), chunks(), outside.by)
    assert await world.database.read(lambda tx: files.used(tx, outside.by.account_id)) == (0, 0)
