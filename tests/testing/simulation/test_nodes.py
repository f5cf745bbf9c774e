"""A node that starts, performs, freezes, wakes, stops and dies."""

from headway.model.operations import Phase
from headway.testing.simulation.nodes import Down
from headway.testing.simulation.plays import Asked
from headway.testing.simulation.town import Setting, Town, perform


def test_a_node_answers_while_it_is_up() -> None:
    told: list[str] = []

    async def script(town: Town) -> None:
        await town.open()
        (node,) = town.nodes
        try:
            await node.call(node.database.open if node.up else _never)
        except Down:
            told.append("down")
        node.start()
        await node.ready.wait()
        it = await node.call(lambda: node.submit(town.types["play.0"], Asked("thing:1")))
        told.append(it.phase.name)
        node.freeze()
        try:
            await node.call(lambda: node.cancel(it.id), seconds=1)
        except Down:
            told.append("frozen")
        node.wake()
        await town.clock.sleep(1)
        await node.stop()
        told.append("up" if node.up else "stopped")
        node.start()
        await town.recover()

    report = perform(script, Setting(lines=("a:long/plain",), nodes=1))
    assert report.breach is None
    assert told == ["down", Phase.RUNNING.name, "frozen", "stopped"]
    assert report.outcomes == {"cancelled": 1}


async def _never() -> None:
    raise AssertionError
