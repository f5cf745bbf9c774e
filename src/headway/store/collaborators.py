"""Collaborators as rows, and the role that follows from them."""

from headway.errors import Conflict, Invalid, NotFound
from headway.model.access import Role
from headway.model.apps import App
from headway.model.collaborators import Collaborator
from headway.store.database import NotUnique, Row, Tx
from headway.store.sheets import sheet

SQL = sheet("collaborators")


def _collaborator(row: Row) -> Collaborator:
    id, app_id, email, account_id, is_limited, created_at = row
    return Collaborator(id, app_id, email, account_id, bool(is_limited), created_at)


async def role(tx: Tx, app: App, account_id: int) -> Role | None:
    """What an account is to an app; None where it is nothing to it."""
    if app.owner_id == account_id:
        return Role.OWNER
    row = await tx.one(SQL["role"], app_id=app.id, account_id=account_id)
    if row is None:
        return None
    return Role.LIMITED if row[0] else Role.COLLABORATOR


async def get(tx: Tx, app_id: int, id: int) -> Collaborator:
    """One of the app; NotFound."""
    row = await tx.one(SQL["get"], id=id)
    if row is None or row[1] != app_id:
        raise NotFound("collaborator")
    return _collaborator(row)


async def of_app(tx: Tx, app_id: int) -> list[Collaborator]:
    """All of an app, in the order in which they were invited."""
    return [_collaborator(row) for row in await tx.all(SQL["of_app"], app_id=app_id)]


async def of_owner(tx: Tx, owner_id: int, count: int, offset: int) -> list[Collaborator]:
    """Of all apps of an owner, in the order in which they were invited."""
    rows = await tx.all(SQL["of_owner"], owner_id=owner_id, count=count, offset=offset)
    return [_collaborator(row) for row in rows]


async def count_of_owner(tx: Tx, owner_id: int) -> int:
    """How many there are of all apps of an owner."""
    row = await tx.one(SQL["count_of_owner"], owner_id=owner_id)
    assert row is not None
    return int(row[0])


async def insert(tx: Tx, it: Collaborator) -> None:
    """Keep a new one; Invalid where the address was invited before."""
    values = {"id": it.id, "app_id": it.app_id, "email": it.email, "account_id": it.account_id}
    if not await tx.run(SQL["insert"], **values, is_limited=int(it.is_limited), at=it.created_at):
        raise Invalid(email="has already been invited to this app")


async def accept(tx: Tx, id: int, account_id: int) -> None:
    """From now on the account stands behind it; Conflict where another does, or it works on the app already."""
    try:
        accepted = await tx.run(SQL["accept"], id=id, account_id=account_id)
    except NotUnique:
        accepted = 0
    if not accepted:
        raise Conflict("the invitation has already been accepted")


async def limit(tx: Tx, id: int, is_limited: bool) -> None:
    """Limit what it may do, or lift the limit."""
    await tx.run(SQL["limit"], id=id, is_limited=int(is_limited))


async def delete(tx: Tx, id: int) -> None:
    """It is none any more."""
    await tx.run(SQL["delete"], id=id)


async def delete_of_account(tx: Tx, app_id: int, account_id: int) -> None:
    """The account is no collaborator of the app any more."""
    await tx.run(SQL["delete_of_account"], app_id=app_id, account_id=account_id)
