"""Releases as rows."""

import pytest

from headway.errors import NotFound
from headway.model.cron_tasks import CronLine
from headway.store import releases
from headway.store.database import Database
from tests.records import a_release
from tests.store.of_an_app import with_apps


@pytest.fixture
async def database(database: Database) -> Database:
    return await with_apps(database)


async def test_what_was_kept_comes_back_as_it_was(database: Database) -> None:
    cron = (CronLine("0 5 * * *", "bin/report", "L"),)
    release = a_release(variables={"GREETING": 'ü "\n', "EMPTY": ""}, cron=cron)
    await database.write(lambda tx: releases.keep(tx, release))
    assert await database.read(lambda tx: releases.get(tx, 8)) == release


async def test_the_version_counts_the_releases_of_one_app(database: Database) -> None:
    for id, app_id in ((1, 5), (2, 5), (3, 6)):
        it = a_release(id=id, app_id=app_id, version=0)
        await database.write(lambda tx, it=it: releases.keep(tx, it))
    kept = [await database.read(lambda tx, it=id: releases.get(tx, it)) for id in (1, 2, 3)]
    assert [it.version for it in kept] == [1, 2, 1]


async def test_one_that_is_kept_already_stands(database: Database) -> None:
    await database.write(lambda tx: releases.keep(tx, a_release()))
    await database.write(lambda tx: releases.keep(tx, a_release(ref="v2", variables={"A": "b"})))
    assert await database.read(lambda tx: releases.get(tx, 8)) == a_release()


async def test_one_that_was_forgotten_is_not_found_and_may_be_forgotten_again(database: Database) -> None:
    await database.write(lambda tx: releases.keep(tx, a_release()))
    for _ in range(2):
        await database.write(lambda tx: releases.delete(tx, 8))
    with pytest.raises(NotFound):
        await database.read(lambda tx: releases.get(tx, 8))
