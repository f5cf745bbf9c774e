"""Task suites as rows."""

from collections.abc import Iterable, Sequence

import msgspec

from headway.errors import NotFound
from headway.model.listing import Search
from headway.model.tasks import TaskSuite
from headway.store.database import Row, Tx
from headway.store.listing import ordered
from headway.store.sheets import sheet
from headway.store.tasks import listed

SQL = sheet("task_suites")
SORTED = (("id", "id"), ("created", "created_at"), ("overlap", "coalesce(overlap, -1)"))
"""By what a list can be sorted."""
FIRST = (-1e300, 0)
"""Before the first turn."""


def _suite(row: Row) -> TaskSuite:
    values = list(row)
    values[2] = msgspec.json.decode(values[2], type=tuple[int, ...])
    values[5] = bool(values[5])
    return TaskSuite(*values)


async def insert(tx: Tx, suites: Sequence[TaskSuite], *, live: bool = True) -> None:
    """Keep new ones, in one statement."""
    rows = [
        (
            it.id,
            it.pool_id,
            listed(it.task_ids),
            it.overlap,
            it.issued,
            int(it.mixed),
            it.turn,
            it.body,
            it.created_at,
            it.batch,
            int(live),
        )
        for it in suites
    ]
    await tx.run(SQL["insert"], rows=msgspec.json.encode(rows).decode())


async def get(tx: Tx, owner_id: int, id: int) -> TaskSuite:
    """One in a pool of that owner's; NotFound."""
    row = await tx.one(SQL["get"], id=id, owner_id=owner_id)
    if row is None:
        raise NotFound("task-suite")
    return _suite(row)


async def some(tx: Tx, ids: Iterable[int]) -> dict[int, TaskSuite]:
    """Those with these ids, by id."""
    found = [_suite(row) for row in await tx.all(SQL["some"], ids=listed(ids))]
    return {it.id: it for it in found}


async def page(tx: Tx, pool_id: int, search: Search) -> list[TaskSuite]:
    """Those of a pool that are searched for."""
    query = ordered(SQL["page"], search.order, SORTED)
    rows = await tx.all(query, pool_id=pool_id, **search.values("created", "overlap"))
    return [_suite(row) for row in rows]


async def with_task(tx: Tx, task_id: int) -> list[int]:
    """The ids of those that a task is in."""
    return [int(row[0]) for row in await tx.all(SQL["with_task"], task_id=task_id)]


async def free(
    tx: Tx, pool_id: int, user_id: str, after: tuple[float, int] = FIRST, count: int = 20
) -> list[TaskSuite]:
    """Those behind a turn and id that there is room for and that somebody has not had, in their turn."""
    turn, id = after

    values = {"pool_id": pool_id, "user_id": user_id, "turn": turn, "after": id}
    return [_suite(row) for row in await tx.all(SQL["free"], **values, count=count)]


async def wanting(tx: Tx, pool_id: int) -> bool:
    """Whether any is to be given to somebody still."""
    return await tx.one(SQL["wanting"], pool_id=pool_id) is not None


async def there(tx: Tx, pool_id: int) -> bool:
    """Whether the pool has any."""
    return await tx.one(SQL["there"], pool_id=pool_id) is not None


async def give(tx: Tx, id: int, more: int = 1) -> None:
    """So many more (or fewer) people have it."""
    await tx.run(SQL["give"], id=id, more=more)


async def change(tx: Tx, it: TaskSuite) -> None:
    """It is as is said here: its overlap, its turn and what else was said of it."""
    await tx.run(SQL["change"], id=it.id, overlap=it.overlap, turn=it.turn, body=it.body)


async def reveal(tx: Tx, batch: int) -> None:
    """What a batch has made is there from now on."""
    await tx.run(SQL["reveal"], batch=batch)


async def forget(tx: Tx, batch: int) -> None:
    """What a batch has made, and was not there yet, will never be."""
    await tx.run(SQL["forget"], batch=batch)
