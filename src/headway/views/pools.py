"""Pools as their owner sees them."""

from headway.model.listing import Page, Search, one_more, page_of
from headway.model.pools import Pool, PoolKind, PoolStatus
from headway.store import pools
from headway.store.database import Database


async def get(database: Database, owner_id: int, id: int, kind: PoolKind = PoolKind.REGULAR) -> Pool:
    """One; NotFound."""
    return await database.read(lambda tx: pools.get(tx, owner_id, id, kind))


async def page(
    database: Database,
    owner_id: int,
    search: Search,
    status: PoolStatus | None,
    project_id: int | None,
    *,
    kind: PoolKind = PoolKind.REGULAR,
) -> Page[Pool]:
    """Those that are searched for."""
    wanted, project = one_more(search), -1 if project_id is None else project_id
    found = await database.read(lambda tx: pools.page(tx, owner_id, wanted, status, project, kind=kind))
    return page_of(found, search.count)
