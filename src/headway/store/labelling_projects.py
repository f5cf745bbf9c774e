"""Labelling projects as rows."""

from headway.errors import NotFound
from headway.model.labelling_projects import CheckedProject, Project, ProjectStatus
from headway.model.listing import Search
from headway.store.database import Row, Tx
from headway.store.listing import ordered
from headway.store.sheets import sheet

SQL = sheet("labelling_projects")
SORTED = (
    ("id", "id"),
    ("created", "created_at"),
    ("public_name", "public_name"),
    ("private_comment", "private_comment"),
)
"""By what a list can be sorted."""


def _project(row: Row) -> Project:
    id, owner_id, status, public_name, private_comment, body, created_at = row
    return Project(id, owner_id, ProjectStatus(status), public_name, private_comment, body, created_at)


async def insert(tx: Tx, it: Project) -> None:
    """Keep a new one."""
    values = {"id": it.id, "owner_id": it.owner_id, "status": int(it.status), "body": it.body}
    await tx.run(
        SQL["insert"],
        **values,
        public_name=it.public_name,
        private_comment=it.private_comment,
        at=it.created_at,
    )


async def get(tx: Tx, owner_id: int, id: int) -> Project:
    """One of that owner's; NotFound."""
    row = await tx.one(SQL["get"], id=id)
    if row is None or row[1] != owner_id:
        raise NotFound("project")
    return _project(row)


async def page(tx: Tx, owner_id: int, search: Search, status: ProjectStatus | None = None) -> list[Project]:
    """Those of an owner that are searched for."""
    query = ordered(SQL["page"], search.order, SORTED)
    values = search.values("created")
    rows = await tx.all(query, owner_id=owner_id, status=-1 if status is None else int(status), **values)
    return [_project(row) for row in rows]


async def change(tx: Tx, id: int, said: CheckedProject) -> None:
    """Something else is said of it."""
    await tx.run(
        SQL["change"],
        id=id,
        public_name=said.public_name,
        private_comment=said.private_comment,
        body=said.body,
    )


async def archive(tx: Tx, id: int) -> None:
    """It is archived."""
    await tx.run(SQL["archive"], id=id)


async def is_known(tx: Tx, id: int) -> bool:
    """Whether control tasks have been made of the answers in it."""
    return await tx.one(SQL["is_known"], id=id) is not None


async def set_known(tx: Tx, id: int, operation: int) -> bool:
    """An operation has made control tasks of them; False where another one has."""
    return await tx.run(SQL["set_known"], id=id, operation=operation) > 0
