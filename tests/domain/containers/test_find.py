"""Which container is meant."""

import pytest

from headway.domain.containers.find import container
from headway.errors import NotFound
from headway.ids import show
from headway.store import containers, one_offs
from headway.store.database import Database
from tests.records import AT, a_container, a_one_off
from tests.store.of_an_app import with_apps


async def test_by_its_id_or_its_label_and_only_while_it_goes_on(database: Database) -> None:
    database = await with_apps(database)
    web, beside = a_container(), a_one_off()
    await database.write(lambda tx: containers.replace(tx, 5, [web]))
    await database.write(lambda tx: one_offs.insert(tx, beside))
    for name, found in (("web-1", web), (show(11), web), ("one-off-1", beside), (show(21), beside)):
        assert await database.read(lambda tx, name=name: container(tx, 5, name)) == found
    await database.write(lambda tx: one_offs.finish(tx, 21, 0, AT))
    for app_id, name in ((5, "one-off-1"), (5, "web-2"), (5, ""), (6, "web-1")):
        with pytest.raises(NotFound):
            await database.read(lambda tx, app_id=app_id, name=name: container(tx, app_id, name))
