"""Askers insist, and notice when they are told two things."""

from random import Random

from headway.testing.simulation.askers import Asker
from headway.testing.simulation.plays import Asked
from headway.testing.simulation.town import Setting, Town, perform


def test_an_asker_waits_for_a_node_and_follows_to_the_end() -> None:
    async def script(town: Town) -> None:
        await town.open()
        (node,) = town.nodes
        town.loop.call_later(5, node.start)
        asker = Asker(1, Random(1), town.nodes, town.clock, town.witness)
        await asker.wish(town.types["play.0"], Asked("thing:1"), cancels=False, twice=True)
        await town.recover()

    report = perform(script, Setting(lines=("a:quick/plain",), nodes=1))
    assert (report.breach, report.outcomes) == (None, {"succeeded": 1})
