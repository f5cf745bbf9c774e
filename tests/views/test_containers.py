"""Containers as they are wanted and as they are."""

import pytest

from headway import ids
from headway.domain.world import World
from headway.model.apps import App
from headway.runtimes.port import Status
from headway.store import containers as rows
from headway.store.database import Tx
from headway.views import containers
from tests.ready_made import Told
from tests.records import a_container, a_one_off, a_type


def status(id: int, state: str) -> Status:
    return Status(
        id=ids.show(id),
        app_id="a",
        label="l",
        state=state,
        address=None,
        started_at=None,
        crashes=0,
        exit_code=None,
    )


@pytest.mark.parametrize(
    ("state", "reason", "shown"),
    [
        (None, "", containers.MISSING),
        ("starting", "", "starting"),
        ("running", "", "running"),
        ("running", "stopped", "stopping"),
        ("ended", "", "stopping"),
        (None, "stopped", containers.MISSING),
    ],
)
def test_a_one_off_is_shown_as_the_runtime_sees_it_until_it_is_to_end(
    state: str | None, reason: str, shown: str
) -> None:
    units = [] if state is None else [status(21, state)]
    it = containers.one_off_shown(a_one_off(reason=reason), units)
    assert (it.container.label, it.state, it.command) == ("one-off-1", shown, "ls")


def test_each_container_is_shown_as_the_runtime_sees_it_by_type_and_index() -> None:
    wanted = [a_container(id=3, index=10), a_container(id=2, index=2), a_container(id=1, type="clock")]
    shown = containers.shown(wanted, {"web": "serve"}, [status(3, "running"), status(1, "crashed")])
    assert [(one.container.label, one.state, one.command) for one in shown] == [
        ("clock-1", "crashed", ""),
        ("web-2", "missing", "serve"),
        ("web-10", "running", "serve"),
    ]


async def test_the_containers_of_an_app_come_from_its_rows(world: World, app: App) -> None:
    container = a_container(app_id=app.id)

    async def body(tx: Tx) -> None:
        await rows.keep_types(tx, [a_type(app_id=app.id)])
        await rows.replace(tx, app.id, [container])

    await world.database.write(body)
    assert isinstance(world.runtime, Told)
    world.runtime.statuses = [
        Status(
            id=ids.show(container.id),
            app_id=ids.show(app.id),
            label="web-1",
            state="running",
            address=None,
            started_at=None,
            crashes=0,
            exit_code=None,
        )
    ]
    found = await containers.of_app(world.database, world.runtime, app)
    assert found == [containers.Shown(container=container, state="running", command="serve")]
