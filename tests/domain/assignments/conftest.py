"""On each engine in turn, with an open pool."""

import pytest

from headway.domain.world import World
from headway.model.operations import Actor
from headway.model.pools import Pool
from tests.labelling import a_pool, opened, with_suites
from tests.on_both import world

__all__ = ["world"]


@pytest.fixture
async def pool(world: World, by: Actor) -> Pool:
    """An open pool with three suites, each for one person."""
    pool = await a_pool(world, by)
    await with_suites(world, by, pool, 3)
    return await opened(world, by, pool)
