"""Each operation type of the pools service has a ready example that begins as it says and succeeds."""

import pytest

from headway.model.operations import Phase
from headway.testing.pool_examples import POOL_EXAMPLES, example_pool
from tests.labelling import pool_now
from tests.outside import Outside


@pytest.mark.parametrize("name", POOL_EXAMPLES)
async def test_an_example_succeeds(outside: Outside, name: str) -> None:
    example = POOL_EXAMPLES[name]
    async with outside.at_work() as world:
        pool = await example_pool(world, outside.by, example)
        assert (await pool_now(world.database, pool)).status is example.status
        assert not await world.database.read(lambda tx: example.done(tx, pool))
        known = await example.submit(world, pool, outside.by)
        assert known is not None
        assert (await outside.end_of(known.operation)).phase is Phase.SUCCEEDED
        assert await world.database.read(lambda tx: example.done(tx, pool))
