"""The world outside: it refuses what is stale where it looks at fences, and keeps what lasts."""

import pytest

from headway.errors import Fenced
from headway.testing.simulation.plays import Asked
from headway.testing.simulation.stage import Act, lasting
from headway.testing.simulation.town import Setting, Town, perform


def test_a_world_that_looks_at_fences_refuses_an_old_one() -> None:
    async def script(town: Town) -> None:
        await town.open()
        (node,) = town.nodes
        node.start()
        await node.ready.wait()
        it = await node.call(lambda: node.submit(town.types["play.0"], Asked("thing:1")))
        town.stage.touch(Act(node.process, it.id, 2, "a", False, 0.0))
        with pytest.raises(Fenced):
            town.stage.touch(Act(node.process, it.id, 1, "a", False, 0.0))
        assert lasting(town.types["play.0"]) == {"a"}

    assert perform(script, Setting(lines=("a:long/plain b:bare/plain",), nodes=1, fenced=True)).breach is None
