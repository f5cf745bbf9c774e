"""Mishaps come, and are mended."""

from random import Random

from headway.testing.simulation.mishaps import Mishaps
from headway.testing.simulation.town import Setting, Town, perform


def test_after_the_last_mishap_every_node_is_up() -> None:
    async def script(town: Town) -> None:
        await town.open()
        for node in town.nodes:
            node.start()
        mishaps = Mishaps(
            town.loop,
            Random(1),
            town.nodes,
            clock=town.clock,
            dates=town.dates,
            weather=town.weather,
            witness=town.witness,
        )
        await mishaps.come(30, each=0.5)
        assert all(node.up and not node.process.frozen for node in town.nodes)
        await town.recover()

    report = perform(script, Setting(lines=("a:quick/plain",), nodes=3))
    said = " ".join(moment.what for moment in report.trace)
    assert report.breach is None
    assert "is dead" in said
    assert "its clock is set" in said
