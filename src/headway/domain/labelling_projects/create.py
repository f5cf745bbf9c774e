"""Make a labelling project."""

from typing import Any

from headway.domain.world import World
from headway.model.labelling_projects import Project, ProjectStatus, checked_project
from headway.model.operations import Actor, NewEvent
from headway.store import labelling_projects
from headway.store.database import Tx


async def create(world: World, given: dict[str, Any], by: Actor) -> Project:
    """The new project; WrongFields with every error."""
    said, now = checked_project(given), world.clock.now()
    it = Project(
        id=world.ids.next(),
        owner_id=by.account_id,
        status=ProjectStatus.ACTIVE,
        public_name=said.public_name,
        private_comment=said.private_comment,
        body=said.body,
        created_at=now,
    )

    async def body(tx: Tx) -> Project:
        await labelling_projects.insert(tx, it)
        target, data = f"labelling_project:{it.id}", {"name": it.public_name}
        tx.append(NewEvent(at=now, name="labelling_project.created", target=target, by=by, data=data))
        return it

    return await world.database.write(body)
