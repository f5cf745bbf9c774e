"""Tasks as rows."""

from collections.abc import Iterable, Sequence

import msgspec

from headway.errors import NotFound
from headway.model.listing import Search
from headway.model.tasks import Kind, Task
from headway.store.database import Row, Tx
from headway.store.listing import ordered
from headway.store.sheets import sheet

SQL = sheet("tasks")
SORTED = (("id", "id"), ("created", "created_at"), ("overlap", "coalesce(overlap, -1)"))
"""By what a list can be sorted."""


def _task(row: Row) -> Task:
    values = list(row)
    values[3] = Kind(values[3])
    return Task(*values)


def listed(ids: Iterable[int]) -> str:
    """Ids as statements take many of them."""
    return msgspec.json.encode(list(ids)).decode()


async def insert(tx: Tx, tasks: Sequence[Task], *, live: bool = True) -> None:
    """Keep new ones, in one statement."""
    rows = [
        (it.id, it.pool_id, it.suite_id, it.kind, it.overlap, it.body, it.created_at, it.batch, int(live))
        for it in tasks
    ]
    await tx.run(SQL["insert"], rows=msgspec.json.encode(rows).decode())


async def get(tx: Tx, owner_id: int, id: int) -> Task:
    """One in a pool of that owner's; NotFound."""
    row = await tx.one(SQL["get"], id=id, owner_id=owner_id)
    if row is None:
        raise NotFound("task")
    return _task(row)


async def some(tx: Tx, ids: Iterable[int]) -> dict[int, Task]:
    """Those with these ids, by id."""
    found = [_task(row) for row in await tx.all(SQL["some"], ids=listed(ids))]
    return {it.id: it for it in found}


async def page(tx: Tx, pool_id: int, search: Search) -> list[Task]:
    """Those of a pool that are searched for."""
    query = ordered(SQL["page"], search.order, SORTED)
    rows = await tx.all(query, pool_id=pool_id, **search.values("created", "overlap"))
    return [_task(row) for row in rows]


async def free(tx: Tx, pool_id: int, kind: Kind, user_id: str, *, after: int, count: int) -> list[Task]:
    """Those of a kind, behind an id, that there is room for and that somebody has not had."""
    values = {"pool_id": pool_id, "kind": int(kind), "user_id": user_id}
    return [_task(row) for row in await tx.all(SQL["free"], **values, after=after, count=count)]


async def with_baselines(tx: Tx, pool_id: int, after: int = 0, count: int = 500) -> list[Task]:
    """Those of a pool, behind an id, of which something may have been said before anybody was asked."""
    return [
        _task(row) for row in await tx.all(SQL["with_baselines"], pool_id=pool_id, after=after, count=count)
    ]


async def wanting(tx: Tx, pool_id: int) -> bool:
    """Whether any general one is to be given to somebody still."""
    return await tx.one(SQL["wanting"], pool_id=pool_id) is not None


async def there(tx: Tx, pool_id: int) -> bool:
    """Whether the pool has any."""
    return await tx.one(SQL["there"], pool_id=pool_id) is not None


async def newest(tx: Tx, pool_id: int) -> int:
    """When the newest general one was made; 0 where there is none."""
    row = await tx.one(SQL["newest"], pool_id=pool_id)
    return 0 if row is None else int(row[0])


async def made_by(tx: Tx, pool_id: int, batch: int) -> list[Task]:
    """Those of a pool that an operation has made."""
    return [_task(row) for row in await tx.all(SQL["made_by"], pool_id=pool_id, batch=batch)]


async def give(tx: Tx, ids: Iterable[int], more: int = 1) -> None:
    """So many more (or fewer) people have them."""
    await tx.run(SQL["give"], ids=listed(ids), more=more)


async def widen(tx: Tx, ids: Iterable[int]) -> None:
    """One more person is to have them."""
    await tx.run(SQL["widen"], ids=listed(ids))


async def change(tx: Tx, it: Task) -> None:
    """It is as is said here: its overlap, kind and content."""
    await tx.run(SQL["change"], id=it.id, overlap=it.overlap, kind=int(it.kind), body=it.body)


async def reveal(tx: Tx, batch: int) -> None:
    """What a batch has made is there from now on."""
    await tx.run(SQL["reveal"], batch=batch)


async def forget(tx: Tx, batch: int) -> None:
    """What a batch has made, and was not there yet, will never be."""
    await tx.run(SQL["forget"], batch=batch)
