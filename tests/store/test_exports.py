"""What exports have made, as rows, on both engines."""

import pytest

from headway.domain.world import World
from headway.errors import NotFound
from headway.model.accounts import Account
from headway.model.files import Export
from headway.store import exports


async def test_an_export_is_kept_counted_and_forgotten(world: World, admin: Account) -> None:
    it = Export(77, admin.id, "a.zip", "application/zip", "digest", 5, 1000)
    await world.database.write(lambda tx: exports.insert(tx, it))
    assert await world.database.read(lambda tx: exports.get(tx, 77)) == it
    assert await world.database.read(lambda tx: exports.used(tx, admin.id)) == 5
    assert await world.database.read(lambda tx: exports.refers(tx, "digest"))
    assert await world.database.write(lambda tx: exports.forget(tx, 1000)) == 0
    assert await world.database.write(lambda tx: exports.forget(tx, 1001)) == 1
    assert not await world.database.read(lambda tx: exports.refers(tx, "digest"))
    with pytest.raises(NotFound):
        await world.database.read(lambda tx: exports.get(tx, 77))
