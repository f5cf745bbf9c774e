"""Apps as people see them."""

import msgspec
import pytest

from headway import ids
from headway.domain.apps.create import create
from headway.domain.world import World
from headway.errors import NotFound, Retry, Unavailable
from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.operations import Actor
from headway.runtimes.port import Status
from headway.store import apps as rows
from headway.store.database import Tx
from headway.views import apps, projects
from tests.ready_made import Told
from tests.records import an_operation


def unit(app: App, state: str) -> Status:
    return Status(
        id="u",
        app_id=ids.show(app.id),
        label="web-1",
        state=state,
        address=None,
        started_at=None,
        crashes=0,
        exit_code=None,
    )


def released(app: App) -> App:
    return msgspec.structs.replace(app, release_id=7)


@pytest.mark.parametrize(
    ("type", "status"),
    [("app.scale", "scaling"), ("app.restart", "restarting"), ("deployment.deploy", "booting")],
)
def test_an_app_is_called_what_is_being_done_to_it(app: App, type: str, status: str) -> None:
    assert apps.status_of(released(app), an_operation(type=type), [unit(app, "crashed")]) == status


def test_an_operation_of_another_kind_does_not_rename_it(app: App) -> None:
    assert apps.status_of(released(app), an_operation(type="app.tidy"), [unit(app, "running")]) == "running"


def test_without_a_release_an_app_is_new(app: App) -> None:
    assert apps.status_of(app, None, []) == "new"


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ([], "stopped"),
        (["stopping"], "stopped"),
        (["running"], "running"),
        (["waiting", "running"], "running"),
        (["crashed", "running"], "crashed"),
    ],
)
def test_otherwise_what_runs_says_what_it_is(app: App, states: list[str], status: str) -> None:
    assert apps.status_of(released(app), None, [unit(app, state) for state in states]) == status


def test_one_offs_say_nothing_of_what_an_app_is(app: App) -> None:
    beside = msgspec.structs.replace(unit(app, "running"), label="one-off-1")
    assert apps.status_of(released(app), None, [beside]) == "stopped"


async def test_an_app_is_found_by_its_name_and_by_its_shown_id(
    world: World, app: App, admin: Account
) -> None:
    assert await apps.find(world.database, admin.id, app.name) == app
    assert await apps.find(world.database, admin.id, ids.show(app.id)) == app


async def test_an_app_with_a_name_like_an_id_is_found_by_it(world: World, by: Actor, admin: Account) -> None:
    odd = await create(world, "0123456789abcdef01234567", by)
    assert await apps.find(world.database, admin.id, odd.name) == odd


@pytest.mark.parametrize("name", ["no-such-app", "0" * 24, "", "é"])
async def test_an_app_that_is_not_there_is_not_found(world: World, admin: Account, name: str) -> None:
    with pytest.raises(NotFound):
        await apps.find(world.database, admin.id, name)


async def test_somebody_elses_app_is_not_there(world: World, app: App, other: Account) -> None:
    for name in (app.name, ids.show(app.id)):
        with pytest.raises(NotFound):
            await apps.find(world.database, other.id, name)
    assert await apps.of_account(world.database, world.runtime, other.id) == []


async def test_an_app_is_shown_with_its_owner_its_parent_and_its_status(
    world: World, app: App, by: Actor, admin: Account
) -> None:
    child = await create(world, "child-app", by, parent_id=app.id)
    shown = await apps.get(world.database, world.runtime, admin.id, "child-app")
    filed = await projects.of_app(world.database, child)
    assert shown == apps.Shown(app=child, owner=admin, status="new", parent=app.name, project=filed)
    assert (filed.name, filed.owner_id) == ("default", admin.id)


async def test_all_apps_are_shown_by_name_each_with_its_own_status(
    world: World, app: App, by: Actor, admin: Account
) -> None:
    second = await create(world, "another-app", by)

    async def release(tx: Tx) -> None:
        await rows.released(tx, app.id, 7, 1)
        await rows.released(tx, second.id, 8, 1)

    await world.database.write(release)
    assert isinstance(world.runtime, Told)
    world.runtime.statuses = [unit(app, "running")]
    found = await apps.of_account(world.database, world.runtime, admin.id)
    assert [(one.app.name, one.status) for one in found] == [
        ("another-app", "stopped"),
        (app.name, "running"),
    ]


async def test_a_runtime_that_does_not_answer_is_not_guessed_about(
    world: World, app: App, admin: Account
) -> None:
    class Silent(Told):
        async def units(self, app_id: str | None = None) -> list[Status]:
            raise Retry

    with pytest.raises(Unavailable):
        await apps.get(world.database, Silent(), admin.id, app.name)  # type: ignore[arg-type]


async def test_a_new_app_is_expected_to_have_one_web_container(world: World, app: App) -> None:
    [web] = await apps.types(world.database, app.id)
    assert (web.name, web.amount, web.size) == ("web", 1, "M")
