"""Labelling projects as their owner sees them."""

from headway.model.labelling_projects import Project, ProjectStatus
from headway.model.listing import Page, Search, one_more, page_of
from headway.store import labelling_projects
from headway.store.database import Database


async def get(database: Database, owner_id: int, id: int) -> Project:
    """One; NotFound."""
    return await database.read(lambda tx: labelling_projects.get(tx, owner_id, id))


async def page(
    database: Database, owner_id: int, search: Search, status: ProjectStatus | None
) -> Page[Project]:
    """Those that are searched for."""
    wanted = one_more(search)
    found = await database.read(lambda tx: labelling_projects.page(tx, owner_id, wanted, status))
    return page_of(found, search.count)
