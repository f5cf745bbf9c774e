"""Tasks as they are shown."""

from headway.domain.world import World
from headway.model.apps import App
from headway.model.operations import Actor
from headway.store import apps, deployments, releases
from headway.store import cron_tasks as rows
from headway.store.database import Tx
from headway.views import cron_tasks
from tests.records import AT, a_cron_task, a_deployment, a_release


async def test_of_an_app_that_was_never_deployed_there_are_none(world: World, app: App) -> None:
    assert await cron_tasks.of_app(world.database, app) == cron_tasks.Shown(tasks=[], deployment_id=None)


async def test_those_in_force_are_shown_with_the_deployment_that_brought_them(
    world: World, app: App, by: Actor
) -> None:
    task, gone = a_cron_task(app_id=app.id), a_cron_task(id=41, app_id=app.id, next_at=None)

    async def body(tx: Tx) -> None:
        # Renewed since, as a restart does with other variables: the same source, another release.
        await releases.keep(tx, a_release(id=80, app_id=app.id, created_at=AT + 5))
        await apps.released(tx, app.id, 80, AT + 5)
        for id, at in ((8, AT), (9, AT + 9)):
            it = a_deployment(id=id, app_id=app.id, pusher_id=by.account_id, created_at=at)
            await deployments.insert(tx, it)
            await deployments.end(tx, id, "success", at)
        for it in (task, gone):
            await rows.insert(tx, it)

    await world.database.write(body)
    now = await world.database.read(lambda tx: apps.get(tx, app.id))
    assert await cron_tasks.of_app(world.database, now) == cron_tasks.Shown(tasks=[task], deployment_id=8)
