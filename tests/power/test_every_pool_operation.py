"""Every operation type of the pools service, with the power cut at every moment: forward, and while it turns back.

As for the types about apps; here nothing but the database lives on.
"""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

import pytest

from headway.domain.catalog import CATALOG
from headway.model.operations import Operation, Phase
from headway.model.pools import Pool
from headway.store import events, operations
from headway.store.database import Tx
from headway.store.sheets import parsed
from headway.testing.failing import failing_at
from headway.testing.fuse import Fuse
from headway.testing.pool_examples import POOL_EXAMPLES, example_pool
from tests.outside import Catalog, Outside, ended, lived
from tests.power.telling import told

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
CUTS_MAX = 100
T = TypeVar("T")
SQL = parsed(
    "test",
    """
-- name: hidden
SELECT (SELECT count(*) FROM tasks WHERE live = 0) + (SELECT count(*) FROM task_suites WHERE live = 0)
""",
)


async def cut_everywhere(outside: Outside, name: str, catalog: Catalog, expected: Phase) -> None:
    """Run the example of the type again and again, each time dying one thing later."""
    for cut in range(1, CUTS_MAX):
        pool, before = await prepared(outside, name)
        survived = await one_life(outside, name, catalog, pool, Fuse(cut))
        await outside.settled()
        begun = await begun_since(outside, before)
        assert len(begun) <= 1
        assert begun or not survived
        _, worker = outside.process(catalog, Fuse())
        for operation in begun:
            assert await lived(worker, lambda it=operation: ended(outside, it.id))
        await consistent(outside, name, pool, await begun_since(outside, before), expected)
        if survived:
            assert cut > 2, "the fuse was passed too rarely to mean anything"
            return
    raise AssertionError(f"still something to die at after {CUTS_MAX} cuts")


class Within:
    """A database in the midst of a transaction: all that is prepared for one life is one, which saves most of the time."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    async def write(self, body: Callable[[Tx], Awaitable[T]]) -> T:
        return await body(self._tx)

    read = write


async def prepared(outside: Outside, name: str) -> tuple[Pool, set[int]]:
    """The pool of the example, and which operations there have been."""
    world = outside.process(CATALOG, Fuse())[0]

    async def body(tx: Tx) -> Pool:
        within = dataclasses.replace(world, database=cast(Any, Within(tx)))
        return await example_pool(within, outside.by, POOL_EXAMPLES[name])

    pool = await outside.database.write(body)
    return pool, {it.id for it in await every(outside)}


async def every(outside: Outside) -> list[Operation]:
    return await outside.database.read(lambda tx: operations.newest(tx, count=1000))


async def begun_since(outside: Outside, before: set[int]) -> list[Operation]:
    return [it for it in await every(outside) if it.id not in before]


async def one_life(outside: Outside, name: str, catalog: Catalog, pool: Pool, fuse: Fuse) -> bool:
    world, worker = outside.process(catalog, fuse)

    async def work() -> None:
        known = await POOL_EXAMPLES[name].submit(world, pool, outside.by)
        assert known is not None
        await ended(outside, known.operation.id)

    return await lived(worker, work)


async def consistent(
    outside: Outside, name: str, pool: Pool, begun: list[Operation], expected: Phase
) -> None:
    """What it was to bring about is there, whole and once; or nothing of it is."""
    for operation in begun:
        assert operation.phase is expected, operation
        told(operation, await outside.database.read(lambda tx, it=operation: events.of_operation(tx, it.id)))

    async def look(tx: Tx) -> tuple[bool, Any]:
        return await POOL_EXAMPLES[name].done(tx, pool), await tx.one(SQL["hidden"])

    done, hidden = await outside.database.read(look)
    assert done == (bool(begun) and expected is Phase.SUCCEEDED)
    assert hidden == (0,), "something is there that nobody will ever see"


@pytest.mark.parametrize("name", POOL_EXAMPLES)
async def test_it_succeeds_wherever_the_power_is_cut(outside: Outside, name: str) -> None:
    await cut_everywhere(outside, name, CATALOG, Phase.SUCCEEDED)


@pytest.mark.parametrize("name", POOL_EXAMPLES)
async def test_it_takes_everything_back_wherever_the_power_is_cut(outside: Outside, name: str) -> None:
    last = len(CATALOG[name].steps) - 1
    await cut_everywhere(outside, name, {name: failing_at(CATALOG[name], last)}, Phase.FAILED)
