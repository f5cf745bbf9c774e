"""What a one-off is to the runtime."""

from headway.domain.one_offs.unit import unit_of
from headway.domain.variables.set import set_variables
from headway.domain.world import World
from headway.ids import show
from headway.model.apps import App
from headway.model.one_offs import OneOff
from tests.outside import Outside
from tests.records import a_one_off


async def test_it_has_the_variables_of_now_its_own_and_the_platforms(
    outside: Outside, world: World, app: App
) -> None:
    await set_variables(world, app, {"ONE": "1", "TWO": "$ONE", "APP": "?"}, outside.by)
    own = {"ONE": "own", "THREE": "3"}
    it = a_one_off(
        app_id=app.id, release_id=app.release_id, environment=own, account_id=outside.by.account_id
    )
    unit = await unit_of(world, it)
    told = unit.environment
    assert (told["ONE"], told["TWO"], told["THREE"], told["APP"]) == ("own", "own", "3", app.name)
    assert (told["CONTAINER"], told["SCALINGO_USER_ID"]) == ("one-off-1", show(outside.by.account_id))
    assert (unit.command, unit.size.name, unit.listens, unit.once, unit.terminal) == (
        "ls",
        "M",
        False,
        True,
        True,
    )


async def test_a_detached_one_has_no_terminal(world: World, app: App) -> None:
    it: OneOff = a_one_off(app_id=app.id, release_id=app.release_id, detached=True)
    assert not (await unit_of(world, it)).terminal


async def test_the_whole_environment_of_one(outside: Outside, world: World, app: App) -> None:
    it = a_one_off(app_id=app.id, release_id=app.release_id, account_id=outside.by.account_id, size="L")
    assert (await unit_of(world, it)).environment == {
        "APP": app.name,
        "CONTAINER": "one-off-1",
        "CONTAINER_VERSION": "v1",
        "CONTAINER_SIZE": "L",
        "CONTAINER_MEMORY": str(1 << 30),
        "SCALINGO_APPLICATION_ID": show(app.id),
        "HOSTNAME": f"{app.name}-one-off-1",
        "STACK": "headway-1",
        "REGION_NAME": "local",
        "SCALINGO_USER_ID": show(outside.by.account_id),
    }
