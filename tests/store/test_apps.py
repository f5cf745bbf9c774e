"""Apps as rows."""

import pytest

from headway.errors import Invalid, NotFound
from headway.model.accounts import Account
from headway.store import accounts, apps
from headway.store.database import Database, Tx
from tests.records import AT, an_app


@pytest.fixture
async def database(database: Database) -> Database:
    """With two accounts in it."""

    async def body(tx: Tx) -> None:
        for id, name in ((1, "admin"), (2, "other")):
            await accounts.insert(tx, Account(id, name, f"{name}@example.com", AT))

    await database.write(body)
    return database


async def test_what_was_kept_comes_back_as_it_was(database: Database) -> None:
    plain = an_app()
    full = an_app(
        id=6,
        name="another-app",
        parent_id=5,
        git_source="https://example.com",
        force_https=True,
        sticky_session=True,
        router_logs=True,
    )
    for app in (plain, full):
        await database.write(lambda tx, app=app: apps.insert(tx, app))
        assert await database.read(lambda tx, app=app: apps.get(tx, app.id)) == app
        assert await database.read(lambda tx, app=app: apps.by_name(tx, app.name)) == app


async def test_one_that_is_not_there(database: Database) -> None:
    assert await database.read(lambda tx: apps.by_name(tx, "nobody")) is None
    with pytest.raises(NotFound):
        await database.read(lambda tx: apps.get(tx, 99))


async def test_a_taken_name_is_invalid(database: Database) -> None:
    await database.write(lambda tx: apps.insert(tx, an_app()))
    with pytest.raises(Invalid) as refused:
        await database.write(lambda tx: apps.insert(tx, an_app(id=6, owner_id=2)))
    assert refused.value.fields == {"name": ["has already been taken"]}


async def test_an_account_has_its_own_by_name_and_all_come_in_the_order_they_were_made(
    database: Database,
) -> None:
    for app in (an_app(), an_app(id=6, name="another-app"), an_app(id=7, name="foreign-app", owner_id=2)):
        await database.write(lambda tx, app=app: apps.insert(tx, app))
    mine = await database.read(lambda tx: apps.of_account(tx, 1))
    assert [app.name for app in mine] == ["another-app", "hello-world"]
    assert [app.id for app in await database.read(apps.every)] == [5, 6, 7]


async def test_an_attempt_a_release_and_a_deployment_are_three_things(database: Database) -> None:
    async def body(tx: Tx) -> None:
        await apps.insert(tx, an_app())
        await apps.insert(tx, an_app(id=6, name="another-app"))
        await apps.attempted(tx, 5, "admin", AT + 1)
        await apps.released(tx, 5, 8, AT + 2)
        await apps.deployed(tx, 5, 9)

    await database.write(body)
    app = await database.read(lambda tx: apps.get(tx, 5))
    assert (app.last_deployed_at, app.last_deployed_by) == (AT + 1, "admin")
    assert (app.release_id, app.updated_at, app.last_deployment_id) == (8, AT + 2, 9)
    assert await database.read(lambda tx: apps.get(tx, 6)) == an_app(id=6, name="another-app")
