"""File an app under another project of its owner."""

from headway.domain.access import permitted
from headway.domain.world import World
from headway.model.apps import App
from headway.model.operations import Actor, NewEvent
from headway.store import apps, projects
from headway.store.database import Tx


async def file(world: World, app: App, project_id: int, by: Actor) -> App:
    """The app as it is now; NotFound where its owner has no such project."""

    async def body(tx: Tx) -> App:
        fresh = await permitted(tx, app.id, by, "app.file")
        before, after = (
            await projects.of_app(tx, fresh),
            await projects.get(tx, fresh.owner_id, project_id),
        )
        now = world.clock.now()
        await apps.file(tx, app.id, after.id, now)
        said = {"before": before.id, "after": after.id, "name": after.name}
        tx.append(NewEvent(at=now, name="app.filed", target=f"app:{app.id}", by=by, data=said))
        return await apps.get(tx, app.id)

    return await world.database.write(body)
