"""Operations of the pools service as their asker sees them: by the asker's own ids, with their logs."""

from typing import Any

import msgspec

from headway.errors import NotFound
from headway.model.batches import Chunk
from headway.model.listing import Page, Search, Texts, one_more, page_of
from headway.model.operations import Phase
from headway.model.pool_operations import PoolOperation
from headway.model.tasks import Task
from headway.store import batches, pool_operations, tasks
from headway.store.database import Database, Tx


class Item(msgspec.Struct, frozen=True):
    """What came of one object of a batch: the id that it became, or what is wrong with it by path, or neither."""

    given: Any
    became: int
    wrong: dict[str, Any]


async def get(database: Database, account_id: int, shown: str) -> PoolOperation:
    """One; NotFound."""

    async def body(tx: Tx) -> PoolOperation:
        found = await pool_operations.get(tx, account_id, shown)
        if found is None:
            raise NotFound("operation", shown)
        return found

    return await database.read(body)


async def page(
    database: Database,
    account_id: int,
    search: Search,
    texts: Texts,
    *,
    phases: tuple[Phase, Phase] = (Phase.ACCEPTED, Phase.CANCELLED),
    type: str = "",
) -> Page[PoolOperation]:
    """Those that are searched for."""

    async def body(tx: Tx) -> list[PoolOperation]:
        wanted, numbers = one_more(search), (int(phases[0]), int(phases[1]))
        return await pool_operations.page(tx, account_id, wanted, texts, phases=numbers, type=type)

    return page_of(await database.read(body), search.count)


async def items(database: Database, known: PoolOperation) -> list[Item]:
    """What came of each object of a batch, in the order in which they were sent; nothing while that is not known."""
    if not known.operation.phase.terminal:
        return []
    chunks = await database.read(lambda tx: batches.of_operation(tx, known.operation.id))
    return [item for chunk in chunks for item in _items(chunk)]


def _items(chunk: Chunk) -> list[Item]:
    objects, errors = chunk.objects, chunk.errors
    ids = chunk.ids or [0] * len(objects)
    return [
        Item(given, became, errors.get(str(n), {}))
        for n, (given, became) in enumerate(zip(objects, ids, strict=True))
    ]


async def made(database: Database, known: PoolOperation) -> list[Task]:
    """The tasks that an operation has made in the pool that it is about."""
    pool_id = int(known.operation.target.partition(":")[2])
    return await database.read(lambda tx: tasks.made_by(tx, pool_id, known.operation.id))
