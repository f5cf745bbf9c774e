"""Files as rows, on both engines."""

import pytest

from headway.domain.world import World
from headway.errors import Conflict, Invalid, NotFound
from headway.model.accounts import Account
from headway.model.files import ROOT, TREE_MAX, File, Kind
from headway.store import files


def a_file(world: World, account: Account, container: int = ROOT, **more: object) -> File:
    id = world.ids.next()
    kind = Kind.FOLDER if not more.get("digest") else Kind.OTHER
    values = {"name": f"n{id}", "media": "", "digest": "", "size": 0, "operation_id": 0} | more
    return File(
        id=id,
        account_id=account.id,
        container_id=container,
        kind=kind,
        created_at=5,
        **values,  # type: ignore[arg-type]
    )


async def keep(world: World, *those: File) -> None:
    await world.database.write(lambda tx: files.insert(tx, *those))


async def test_a_file_is_read_as_it_was_kept_by_its_own_account_only(
    world: World, admin: Account, other: Account
) -> None:
    it = a_file(world, admin, digest="abc", size=3, media="text/csv", name="ü.csv")
    await keep(world, it)
    assert await world.database.read(lambda tx: files.get(tx, admin.id, it.id)) == it
    with pytest.raises(NotFound):
        await world.database.read(lambda tx: files.get(tx, other.id, it.id))


async def test_what_lies_in_a_folder_comes_a_page_at_a_time(world: World, admin: Account) -> None:
    top = a_file(world, admin)
    those = [a_file(world, admin, top.id) for _ in range(3)]
    await keep(world, top, *those)

    async def page(after: int, count: int) -> list[File]:
        return await world.database.read(lambda tx: files.children(tx, admin.id, top.id, after, count))

    assert await page(0, 2) == those[:2]
    assert await page(those[1].id, 2) == those[2:]


async def test_a_tree_comes_from_the_top(world: World, admin: Account, other: Account) -> None:
    top = a_file(world, admin)
    below = a_file(world, admin, top.id)
    leaf = a_file(world, admin, below.id, digest="d")
    # An id is no sign of what lies in what.
    early = a_file(world, admin, leaf.container_id, digest="e")
    await keep(world, leaf, early, below, top, a_file(world, admin))
    assert await world.database.read(lambda tx: files.tree(tx, admin.id, top.id)) == [top, below, leaf, early]
    with pytest.raises(NotFound):
        await world.database.read(lambda tx: files.tree(tx, other.id, top.id))
    assert await world.database.read(lambda tx: files.depth(tx, below.id)) == 2
    assert await world.database.read(lambda tx: files.depth(tx, ROOT)) == 0


async def test_a_tree_may_be_too_large(world: World, admin: Account) -> None:
    top = a_file(world, admin)
    await keep(world, top, *(a_file(world, admin, top.id) for _ in range(TREE_MAX)))
    with pytest.raises(Conflict):
        await world.database.read(lambda tx: files.tree(tx, admin.id, top.id))


async def test_only_a_folder_of_ones_own_is_one(world: World, admin: Account, other: Account) -> None:
    top, leaf = a_file(world, admin), a_file(world, admin, digest="d")
    await keep(world, top, leaf)
    await world.database.read(lambda tx: files.folder(tx, admin.id, top.id))
    await world.database.read(lambda tx: files.folder(tx, other.id, ROOT))
    for account, id in ((admin.id, leaf.id), (other.id, top.id), (admin.id, 7)):
        with pytest.raises(Invalid):
            await world.database.read(lambda tx, a=account, i=id: files.folder(tx, a, i))


async def test_how_much_there_is_and_whether_a_content_is_needed(world: World, admin: Account) -> None:
    one, two = a_file(world, admin, digest="d", size=3), a_file(world, admin, digest="d", size=3)
    await keep(world, one, two)
    assert await world.database.read(lambda tx: files.used(tx, admin.id)) == (2, 6)
    for left, needed in ((one, True), (two, False)):
        await world.database.write(lambda tx, id=left.id: files.delete(tx, id))
        assert await world.database.read(lambda tx: files.refers(tx, "d")) is needed
    assert not await world.database.read(lambda tx: files.refers(tx, ""))


async def test_what_a_copy_has_made(world: World, admin: Account) -> None:
    those = [a_file(world, admin, operation_id=77) for _ in range(3)]
    await keep(world, *those, a_file(world, admin))
    assert await world.database.read(lambda tx: files.of_operation(tx, 77, those[0].id, 9)) == those[1:]
    assert await world.database.read(lambda tx: files.of_operation(tx, 0, 0, 9)) == []
