"""Domains as rows."""

from headway.errors import Invalid, NotFound
from headway.model.domains import Domain
from headway.store.database import Row, Tx
from headway.store.sheets import sheet

SQL = sheet("domains")


def _domain(row: Row) -> Domain:
    values = list(row)
    values[3:5] = (bool(value) for value in row[3:5])
    return Domain(*values)


async def get(tx: Tx, app_id: int, id: int) -> Domain:
    """One of the app; NotFound."""
    row = await tx.one(SQL["get"], id=id)
    if row is None or row[1] != app_id:
        raise NotFound("domain")
    return _domain(row)


async def of_app(tx: Tx, app_id: int) -> list[Domain]:
    """All of an app, in the order in which they were added."""
    return [_domain(row) for row in await tx.all(SQL["of_app"], app_id=app_id)]


async def automatic(tx: Tx) -> list[Domain]:
    """Those of all apps that an authority may be asked about now, oldest first."""
    return [_domain(row) for row in await tx.all(SQL["automatic"])]


async def count_certifying(tx: Tx) -> int:
    """For how many an authority is being asked."""
    row = await tx.one(SQL["count_certifying"])
    assert row is not None
    return int(row[0])


async def apps(tx: Tx) -> list[int]:
    """The apps that have any."""
    return [row[0] for row in await tx.all(SQL["apps"])]


async def canonical(tx: Tx, app_id: int) -> str | None:
    """The name of the canonical one of an app."""
    row = await tx.one(SQL["canonical"], app_id=app_id)
    return None if row is None else row[0]


async def insert(tx: Tx, it: Domain) -> None:
    """Keep a new one, not canonical yet; Invalid where any app has the name."""
    values = {"id": it.id, "app_id": it.app_id, "name": it.name, "automatic": int(it.automatic)}
    if not await tx.run(SQL["insert"], **values, at=it.created_at):
        raise Invalid(name="has already been taken")


async def crown(tx: Tx, app_id: int, id: int | None) -> None:
    """One of the app is canonical, and no other; or none is."""
    await tx.run(SQL["uncrown"], app_id=app_id)
    if id is not None:
        await tx.run(SQL["crown"], id=id)


async def automate(tx: Tx, id: int, *, automatic: bool) -> None:
    """Whether its certificate comes from an authority; what went wrong before is forgotten."""
    await tx.run(SQL["automate"], id=id, automatic=int(automatic))


async def certifying(tx: Tx, id: int, operation: int) -> None:
    """That operation asks for its certificate; no other does."""
    await tx.run(SQL["certifying"], id=id, operation=operation)


async def certified(tx: Tx, id: int, operation: int) -> bool:
    """The operation has one; whether it was still wanted."""
    return bool(await tx.run(SQL["certified"], id=id, operation=operation))


async def failed(tx: Tx, id: int, operation: int, at: int, *, problem: str, error: str) -> bool:
    """The operation has none, and why; whether one was still wanted."""
    return bool(await tx.run(SQL["failed"], id=id, operation=operation, at=at, problem=problem, error=error))


async def delete(tx: Tx, id: int) -> None:
    """It is none any more."""
    await tx.run(SQL["delete"], id=id)
