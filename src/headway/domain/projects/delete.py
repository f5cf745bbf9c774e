"""Delete a project that is empty."""

from headway.domain.world import World
from headway.errors import Conflict
from headway.model.operations import Actor, NewEvent
from headway.store import projects
from headway.store.database import Tx


async def delete(world: World, project_id: int, by: Actor) -> None:
    """It is gone. NotFound also where it is somebody else's; Conflict where it has apps, or is the default one."""

    async def body(tx: Tx) -> None:
        it = await projects.get(tx, by.account_id, project_id)
        if it.is_default:
            raise Conflict("this is the default project: make another one the default first")
        if not await projects.is_empty(tx, it.id):
            raise Conflict("the project has apps: file them elsewhere first")
        await projects.delete(tx, it.id)
        at, said, target = world.clock.now(), {"project": it.id, "name": it.name}, f"account:{it.owner_id}"
        tx.append(NewEvent(at=at, name="project.deleted", target=target, by=by, data=said))

    await world.database.write(body)
