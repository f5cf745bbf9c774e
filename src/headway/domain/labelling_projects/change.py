"""Say something else of a labelling project. Pools keep the spec that they were made with."""

from typing import Any

from headway.domain.world import World
from headway.model.fields import Unfit
from headway.model.labelling_projects import Project, ProjectStatus, checked_project
from headway.model.operations import Actor, NewEvent
from headway.store import labelling_projects
from headway.store.database import Tx


async def change(world: World, project_id: int, given: dict[str, Any], by: Actor) -> Project:
    """The project as it is then. NotFound; WrongFields; Unfit where it is archived."""
    said, now = checked_project(given), world.clock.now()

    async def body(tx: Tx) -> Project:
        it = await labelling_projects.get(tx, by.account_id, project_id)
        if it.status is ProjectStatus.ARCHIVED:
            raise Unfit("project-inappropriate-status", "the project is archived")
        await labelling_projects.change(tx, it.id, said)
        target = f"labelling_project:{it.id}"
        tx.append(NewEvent(at=now, name="labelling_project.changed", target=target, by=by))
        return await labelling_projects.get(tx, by.account_id, project_id)

    return await world.database.write(body)
