"""Projects as rows."""

from headway.errors import Invalid, NotFound
from headway.model.apps import App
from headway.model.projects import DEFAULT_NAME, Project
from headway.store.database import NotUnique, Row, Tx
from headway.store.sheets import sheet

SQL = sheet("projects")


def _project(row: Row | None) -> Project:
    if row is None:
        raise NotFound("project")
    id, owner_id, name, is_default, created_at, updated_at = row
    return Project(id, owner_id, name, bool(is_default), created_at, updated_at)


async def insert(tx: Tx, it: Project) -> None:
    """Keep a new one, which is not the default; Invalid where the owner has one of that name."""
    try:
        await tx.run(SQL["insert"], **_new(it.id, it.owner_id, it.name, it.created_at), is_default=0)
    except NotUnique as error:
        raise Invalid(name="has already been taken") from error


async def insert_default(tx: Tx, owner_id: int, at: int) -> None:
    """Keep the first one of a new account; it has the account's id."""
    await tx.run(SQL["insert"], **_new(owner_id, owner_id, DEFAULT_NAME, at), is_default=1)


async def get(tx: Tx, owner_id: int, id: int) -> Project:
    """One of the owner's; NotFound."""
    it = _project(await tx.one(SQL["get"], id=id))
    if it.owner_id != owner_id:
        raise NotFound("project")
    return it


async def default_of(tx: Tx, owner_id: int) -> Project:
    """Where apps are filed that name no project; NotFound for an account that is not there."""
    return _project(await tx.one(SQL["default_of"], owner_id=owner_id))


async def of_app(tx: Tx, app: App) -> Project:
    """What the app is filed under."""
    if app.project_id is None:
        return await default_of(tx, app.owner_id)
    return await get(tx, app.owner_id, app.project_id)


async def of_owner(tx: Tx, owner_id: int) -> list[Project]:
    """All of an owner's, oldest first."""
    return [_project(row) for row in await tx.all(SQL["of_owner"], owner_id=owner_id)]


async def rename(tx: Tx, id: int, name: str, at: int) -> None:
    """It is called so; Invalid where the owner has another one of that name."""
    try:
        await tx.run(SQL["rename"], id=id, name=name, at=at)
    except NotUnique as error:
        raise Invalid(name="has already been taken") from error


async def make_default(tx: Tx, owner_id: int, id: int, at: int) -> None:
    """It is the owner's default from now on, and no other is."""
    await tx.run(SQL["no_default"], owner_id=owner_id, at=at)
    await tx.run(SQL["make_default"], id=id, at=at)


async def is_empty(tx: Tx, id: int) -> bool:
    """Whether no app is filed under it."""
    return await tx.one(SQL["any_app"], id=id) is None


async def delete(tx: Tx, id: int) -> None:
    """It goes."""
    await tx.run(SQL["delete"], id=id)


def _new(id: int, owner_id: int, name: str, at: int) -> dict[str, object]:
    return {"id": id, "owner_id": owner_id, "name": name, "at": at}
