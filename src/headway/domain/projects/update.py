"""Rename a project, or make it the one where new apps are filed."""

from headway.domain.world import World
from headway.errors import Invalid
from headway.model.operations import Actor, NewEvent
from headway.model.projects import Project, checked_name
from headway.store import projects
from headway.store.database import Tx


async def update(
    world: World, project_id: int, by: Actor, *, name: str | None = None, default: bool | None = None
) -> Project:
    """The project as it is now. NotFound also where it is somebody else's.

    Invalid where the name is taken, or where the default one is to be none: another has to become it.
    """
    wanted = None if name is None else checked_name(name)

    async def body(tx: Tx) -> Project:
        it, now = await projects.get(tx, by.account_id, project_id), world.clock.now()
        if default is False and it.is_default:
            raise Invalid(default="cannot be taken back: make another project the default one")
        if wanted is not None:
            await projects.rename(tx, it.id, wanted, now)
        if default and not it.is_default:
            await projects.make_default(tx, it.owner_id, it.id, now)
        after = await projects.get(tx, it.owner_id, it.id)
        said = {"project": it.id, "before": it.name, "after": after.name, "default": after.is_default}
        target = f"account:{it.owner_id}"
        tx.append(NewEvent(at=now, name="project.updated", target=target, by=by, data=said))
        return after

    return await world.database.write(body)
