"""Skills, and how far people have them."""

from headway.dialects.toloka import asked, params, project, wire
from headway.dialects.toloka.asked import Query
from headway.domain.skills.create import create as create_skill
from headway.domain.skills.create import set_of_user as set_skill_of_user
from headway.views import skills
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Param, Says

LIMIT, LIMIT_MAX = 20, 300


@Says(wire.OBJECT, 201, body=wire.OBJECT)
async def create(ask: Ask) -> Answer:
    """A new skill."""
    return answer(project.skill(await create_skill(ask.world, await asked.object_of(ask), ask.actor)), 201)


@Says(wire.OBJECT)
async def get(ask: Ask) -> Answer:
    """One."""
    it = await skills.get(ask.world.database, ask.account.id, asked.id_of(ask, "skill"))
    return answer(project.skill(it))


@Says(
    wire.Page,
    params=(params.LIMIT, params.SORT, Param("name", "Called so."), *params.between("id", "created")),
)
async def search(ask: Ask) -> Answer:
    """Those that are searched for."""
    query = Query(ask)
    wanted = query.search(times=("created",), sorts=("id",), default=LIMIT, most=LIMIT_MAX)
    query.done()
    found = await skills.page(ask.world.database, ask.account.id, wanted, query.text("name"))
    return answer(project.page([project.skill(it) for it in found.items], has_more=found.has_more))


@Says(wire.OBJECT, body=wire.OBJECT)
async def set_of_user(ask: Ask) -> Answer:
    """How far somebody has a skill from now on."""
    it = await set_skill_of_user(ask.world, await asked.object_of(ask), ask.actor)
    return answer(project.user_skill(it))


@Says(
    wire.Page,
    params=(
        params.LIMIT,
        params.SORT,
        Param("skill_id", "Of which skill."),
        Param("user_id", "Whose."),
        *params.between("id", "created", "modified"),
    ),
)
async def users(ask: Ask) -> Answer:
    """How far people have them, as it is searched for."""
    query = Query(ask)
    skill_id, user_id = query.id("skill_id"), query.text("user_id")
    wanted = query.search(times=("created", "modified"), sorts=("id",), default=LIMIT, most=LIMIT_MAX)
    query.done()
    found = await skills.users(ask.world.database, ask.account.id, wanted, skill_id, user_id)
    return answer(project.page([project.user_skill(it) for it in found.items], has_more=found.has_more))
