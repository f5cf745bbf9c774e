"""Projects: list, create, look at, change, delete."""

from headway.dialects.scalingo import asked
from headway.dialects.scalingo import project_accounts as project
from headway.dialects.scalingo.wire import projects as wire
from headway.domain.projects.create import create as create_project
from headway.domain.projects.delete import delete as delete_project
from headway.domain.projects.update import update as update_project
from headway.errors import Conflict
from headway.model.projects import Project
from headway.views import projects
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty
from headway.web.says import Says


@Says(wire.ProjectsReply)
async def list_all(ask: Ask) -> Answer:
    """The asker's projects, oldest first; never in pages."""
    found = await projects.of_owner(ask.world.database, ask.account.id)
    return answer(wire.ProjectsReply([project.project(one, ask.account) for one in found]))


@Says(wire.ProjectReply)
async def get(ask: Ask) -> Answer:
    """One of them."""
    id = asked.project_id_of(ask.params["id"])
    return _shown(ask, await projects.get(ask.world.database, ask.account.id, id))


@Says(wire.ProjectReply, 201, body=wire.CreateProject)
async def create(ask: Ask) -> Answer:
    """One more."""
    wanted = (await ask.body(wire.CreateProject)).project
    made = await create_project(ask.world, wanted.name, ask.actor, default=wanted.default)
    return _shown(ask, made, 201)


@Says(wire.ProjectReply, body=wire.ChangeProject)
async def change(ask: Ask) -> Answer:
    """Another name, or the place of the default one."""
    wanted = (await ask.body(wire.ChangeProject)).project
    id = asked.project_id_of(ask.params["id"])
    return _shown(
        ask, await update_project(ask.world, id, ask.actor, name=wanted.name, default=wanted.default)
    )


@Says(status=204, refuses=(Conflict,))
async def delete(ask: Ask) -> Answer:
    """It goes, if it is empty."""
    await delete_project(ask.world, asked.project_id_of(ask.params["id"]), ask.actor)
    return empty()


def _shown(ask: Ask, it: Project, status: int = 200) -> Answer:
    return answer(wire.ProjectReply(project.project(it, ask.account)), status)
