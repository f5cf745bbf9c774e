"""What a process can know of its lease."""

from random import Random

from headway.testing.simulation.clocks import Dates
from headway.testing.simulation.loop import Loop
from headway.testing.simulation.standing import Standing


def test_a_process_that_was_frozen_is_sure_again_after_a_renewal_that_it_asked_for_later() -> None:
    loop = Loop(Random(1))
    standing, one = Standing(loop, Dates(loop), 5), loop.process("one")

    def renewed(number: int, good: bool) -> None:
        standing.asked(number)
        standing.leased(number, good)
        standing.heard(one, number)

    async def pause() -> None:
        loop.call_later(1, lambda: None)
        import asyncio

        await asyncio.sleep(1)

    renewed(1, good=True)
    assert standing.sure(one)
    assert standing.holds(one)
    loop.run_until_complete(pause())
    standing.shaken(one)
    assert not standing.sure(one)
    loop.run_until_complete(pause())
    renewed(2, good=False)
    assert not standing.sure(one)
    assert "one" in standing.dropping
    renewed(3, good=True)
    assert standing.sure(one)
    assert "one" not in standing.dropping
    for _ in range(6):
        loop.run_until_complete(pause())
    assert not standing.holds(one)
