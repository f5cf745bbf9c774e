"""Projects in the database."""

import pytest

from headway.errors import Invalid, NotFound
from headway.model.projects import Project
from headway.store import apps, projects
from headway.store.database import Database
from tests.records import AT, an_app
from tests.store.of_an_app import with_apps

SHOP = Project(40, 1, "shop", False, AT, AT)


@pytest.fixture
async def filed(database: Database) -> Database:
    """Account 1 with the apps 5 and 6, its first project, and `shop`."""
    await with_apps(database)
    await database.write(lambda tx: projects.insert(tx, SHOP))
    return database


async def test_an_owner_has_one_default_project(filed: Database) -> None:
    await filed.write(lambda tx: projects.make_default(tx, 1, 40, AT + 1))
    assert [(it.id, it.is_default) for it in await filed.read(lambda tx: projects.of_owner(tx, 1))] == [
        (1, False),
        (40, True),
    ]
    assert (await filed.read(lambda tx: projects.default_of(tx, 1))).id == 40


async def test_an_app_that_an_older_program_made_is_filed_under_the_default_one(filed: Database) -> None:
    app = await filed.read(lambda tx: apps.get(tx, 5))
    assert app.project_id is None
    assert (await filed.read(lambda tx: projects.of_app(tx, app))).id == 1
    await filed.write(lambda tx: apps.file(tx, 5, 40, AT))
    app = await filed.read(lambda tx: apps.get(tx, 5))
    assert (await filed.read(lambda tx: projects.of_app(tx, app))) == SHOP
    assert not await filed.read(lambda tx: projects.is_empty(tx, 40))


async def test_a_name_is_there_once_for_each_owner(filed: Database) -> None:
    with pytest.raises(Invalid):
        await filed.write(lambda tx: projects.insert(tx, Project(41, 1, "shop", False, AT, AT)))
    with pytest.raises(Invalid):
        await filed.write(lambda tx: projects.rename(tx, 40, "default", AT))
    await filed.write(lambda tx: projects.rename(tx, 40, "stall", AT + 1))
    assert (await filed.read(lambda tx: projects.get(tx, 1, 40))).name == "stall"


async def test_somebody_elses_is_not_there_and_a_deleted_one_is_nobodys(filed: Database) -> None:
    with pytest.raises(NotFound):
        await filed.read(lambda tx: projects.get(tx, 2, 40))
    await filed.write(lambda tx: projects.delete(tx, 40))
    with pytest.raises(NotFound):
        await filed.read(lambda tx: projects.get(tx, 1, 40))


async def test_how_many_apps_somebody_owns(filed: Database) -> None:
    assert await filed.read(lambda tx: apps.count_owned(tx, 1)) == 2
    assert await filed.read(lambda tx: apps.count_owned(tx, 2)) == 0
    assert an_app().owner_id == 1
