"""Skills, and how far people have them, as their owner sees them."""

from headway.model.listing import Page, Search, one_more, page_of
from headway.model.skills import Skill, UserSkill
from headway.store import skills
from headway.store.database import Database


async def get(database: Database, owner_id: int, id: int) -> Skill:
    """One; NotFound."""
    return await database.read(lambda tx: skills.get(tx, owner_id, id))


async def page(database: Database, owner_id: int, search: Search, name: str) -> Page[Skill]:
    """Those that are searched for."""
    found = await database.read(lambda tx: skills.page(tx, owner_id, one_more(search), name))
    return page_of(found, search.count)


async def users(
    database: Database, owner_id: int, search: Search, skill_id: int | None, user_id: str
) -> Page[UserSkill]:
    """How far people have them, as it is searched for."""
    wanted, skill = one_more(search), -1 if skill_id is None else skill_id
    found = await database.read(lambda tx: skills.users(tx, owner_id, wanted, skill, user_id))
    return page_of(found, search.count)
