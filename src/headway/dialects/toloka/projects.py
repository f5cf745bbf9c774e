"""Labelling projects: create, read, search, change, archive."""

from headway.dialects.toloka import asked, params, project, wire
from headway.dialects.toloka.asked import Query
from headway.domain.labelling_projects.archive import archive as archive_project
from headway.domain.labelling_projects.change import change as change_project
from headway.domain.labelling_projects.create import create as create_project
from headway.errors import Conflict
from headway.model.labelling_projects import ProjectStatus
from headway.views import labelling_projects
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Param, Says

LIMIT, LIMIT_MAX = 20, 300
STATUSES = {it.name: it for it in ProjectStatus}


@Says(wire.OBJECT, 201, body=wire.OBJECT)
async def create(ask: Ask) -> Answer:
    """A new project."""
    it = await create_project(ask.world, await asked.object_of(ask), ask.actor)
    return answer(project.project(it), 201)


@Says(wire.OBJECT)
async def get(ask: Ask) -> Answer:
    """One."""
    it = await labelling_projects.get(ask.world.database, ask.account.id, asked.id_of(ask, "project"))
    return answer(project.project(it))


@Says(
    wire.Page,
    params=(params.LIMIT, params.SORT, Param("status", "In which status."), *params.between("id", "created")),
)
async def search(ask: Ask) -> Answer:
    """Those that are searched for."""
    query = Query(ask)
    status = query.among("status", STATUSES)
    sorts = ("id", "created", "public_name", "private_comment")
    wanted = query.search(times=("created",), sorts=sorts, default=LIMIT, most=LIMIT_MAX)
    query.done()
    found = await labelling_projects.page(ask.world.database, ask.account.id, wanted, status)
    return answer(project.page([project.project(it) for it in found.items], has_more=found.has_more))


@Says(wire.OBJECT, body=wire.OBJECT, refuses=(Conflict,))
async def change(ask: Ask) -> Answer:
    """Something else is said of it."""
    id = asked.id_of(ask, "project")
    return answer(project.project(await change_project(ask.world, id, await asked.object_of(ask), ask.actor)))


@Says(wire.Operation, 202, refuses=(Conflict,))
async def archive(ask: Ask) -> Answer:
    """Begin to archive it."""
    known = await archive_project(ask.world, asked.id_of(ask, "project"), ask.actor)
    return answer(project.operation(known), 202)
