"""Pools as rows."""

from headway.errors import NotFound
from headway.model.listing import Search
from headway.model.pools import CheckedPool, CloseReason, Pool, PoolKind, PoolStatus
from headway.store.database import Row, Tx
from headway.store.listing import ordered
from headway.store.sheets import sheet

SQL = sheet("pools")
SORTED = (("id", "id"), ("created", "created_at"), ("last_started", "coalesce(last_started_at, -1)"))
"""By what a list can be sorted."""


def _pool(row: Row) -> Pool:
    values = list(row)
    values[3], values[14] = PoolStatus(values[3]), PoolKind(values[14])
    return Pool(*values)


async def insert(tx: Tx, it: Pool) -> None:
    """Keep a new one, closed."""
    await tx.run(
        SQL["insert"],
        id=it.id,
        owner_id=it.owner_id,
        project_id=it.project_id,
        body=it.body,
        spec=it.spec,
        expires_at=it.expires_at,
        at=it.created_at,
        kind=int(it.kind),
    )


async def get(tx: Tx, owner_id: int, id: int, kind: PoolKind | None = None) -> Pool:
    """One of that owner's, of that kind where it is said; NotFound."""
    found = await find(tx, id)
    if found is None or found.owner_id != owner_id or kind not in {None, found.kind}:
        raise NotFound("pool" if kind is None else kind.noun)
    return found


async def find(tx: Tx, id: int) -> Pool | None:
    """The pool, whosoever it is."""
    row = await tx.one(SQL["get"], id=id)
    return None if row is None else _pool(row)


async def page(
    tx: Tx,
    owner_id: int,
    search: Search,
    status: PoolStatus | None = None,
    project_id: int = -1,
    *,
    kind: PoolKind | None = PoolKind.REGULAR,
) -> list[Pool]:
    """Those of an owner, and of that kind unless it is None, that are searched for."""
    query = ordered(SQL["page"], search.order, SORTED)
    values = search.values("created", "last_started") | {"kind": -1 if kind is None else int(kind)}
    state = -1 if status is None else int(status)
    rows = await tx.all(query, owner_id=owner_id, status=state, project_id=project_id, **values)
    return [_pool(row) for row in rows]


async def has_living(tx: Tx, project_id: int) -> bool:
    """Whether any pool of the project is not archived."""
    return await tx.one(SQL["living"], project_id=project_id) is not None


async def change(tx: Tx, id: int, said: CheckedPool, at: int) -> None:
    """Something else is said of it."""
    await tx.run(SQL["change"], id=id, body=said.body, expires_at=said.expires_at, at=at)


async def open(tx: Tx, id: int, at: int) -> bool:
    """It gives out work; False where it was not closed."""
    return await tx.run(SQL["open"], id=id, at=at) > 0


async def close(tx: Tx, id: int, reason: CloseReason, at: int, reopen_at: int | None = None) -> bool:
    """It gives out nothing any more; False where it was not open."""
    return await tx.run(SQL["close"], id=id, reason=reason.value, at=at, reopen_at=reopen_at) > 0


async def stay_closed(tx: Tx, id: int) -> None:
    """It does not open by itself."""
    await tx.run(SQL["stay_closed"], id=id)


async def archive(tx: Tx, id: int, at: int) -> bool:
    """It is over; False where it was not closed."""
    return await tx.run(SQL["archive"], id=id, at=at) > 0


async def touch(tx: Tx, id: int, at: int) -> None:
    """Something in it has changed."""
    await tx.run(SQL["touch"], id=id, at=at)


async def complete(tx: Tx, id: int, at: int) -> None:
    """Everything in it is answered, as it seems for the first time."""
    await tx.run(SQL["complete"], id=id, at=at)


async def opened(tx: Tx, after: int = 0, count: int = 100) -> list[Pool]:
    """Those that give out work, behind an id."""
    return [_pool(row) for row in await tx.all(SQL["opened"], after=after, count=count)]


async def to_reopen(tx: Tx, at: int, count: int = 100) -> list[Pool]:
    """Those that are to open by themselves by then."""
    return [_pool(row) for row in await tx.all(SQL["to_reopen"], at=at, count=count)]


async def idle(tx: Tx, before: int, count: int = 100) -> list[Pool]:
    """Closed ones in which nothing has happened since then."""
    return [_pool(row) for row in await tx.all(SQL["idle"], before=before, count=count)]
