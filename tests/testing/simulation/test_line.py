"""The line between a process and its database."""

import asyncio

from headway.clock import SystemClock
from headway.errors import Unavailable
from headway.store import nodes
from headway.store.database import Tx
from headway.testing.simulation.line import Wire
from headway.testing.simulation.town import Setting, Town, perform
from headway.testing.simulation.weather import Shares


def test_what_is_lost_on_the_way_back_is_written_and_what_is_lost_on_the_way_there_is_not() -> None:
    found: list[object] = []

    async def script(town: Town) -> None:
        await town.open()
        for name, shares in (("lost", Shares(lost=1)), ("away", Shares(away=1))):
            town.weather._shares = shares
            wire = Wire(town.harbour, town.loop.process(name), name)
            try:
                await wire.write(lambda tx, name=name: nodes.register(tx, name, SystemClock().now(), 1))
            except Unavailable:
                found.append(name)
        town.weather.clear()
        wire = Wire(town.harbour, town.loop.process("sound"), "sound")
        found.append(await wire.write(lambda tx: nodes.register(tx, "lost", 1, 1)))
        found.append(await wire.write(lambda tx: nodes.register(tx, "away", 1, 1)))

    assert perform(script, Setting(lines=("a:quick/plain",), nodes=1)).breach is None
    assert found == ["lost", "away", (1, 2), (2, 1)]


def test_an_answer_that_comes_as_its_asker_is_stopped_is_heard_by_nobody() -> None:
    heard: list[str] = []

    async def script(town: Town) -> None:
        await town.open()
        process = town.loop.process("one", ordered=True)
        wire = Wire(town.harbour, process, "one")
        town.witness.heard = lambda process, request: heard.append(request.name)  # type: ignore[method-assign]

        async def body(tx: object) -> tuple[int, int]:
            tx.after_commit(asking.cancel)  # type: ignore[attr-defined]
            return await nodes.register(tx, "one", 1, 1)  # type: ignore[arg-type]

        asking = town.loop.create_task(wire.write(body), context=process.context)
        await asyncio.wait([asking])
        assert asking.cancelled()
        await wire.read(nodes_there)

    assert perform(script, Setting(lines=("a:quick/plain",), nodes=1)).breach is None
    assert heard == ["read"]


async def nodes_there(tx: Tx) -> list[int]:
    """Whoever has a lease that is over."""
    return [1] if await nodes.lapsed(tx, 9, 2) else []


def test_a_body_that_is_run_twice_counts_once() -> None:
    found: list[object] = []

    async def script(town: Town) -> None:
        await town.open()
        town.weather._shares = Shares(twice=1)
        wire = Wire(town.harbour, town.loop.process("one"), "one")
        acts: list[int] = []

        async def body(tx: object) -> tuple[int, int]:
            tx.after_commit(lambda: acts.append(1))  # type: ignore[attr-defined]
            return await nodes.register(tx, "one", 1, 1)  # type: ignore[arg-type]

        found.append(await wire.write(body))
        await town.clock.sleep(1)
        found.append(acts)

    assert perform(script, Setting(lines=("a:quick/plain",), nodes=1)).breach is None
    assert found == [(1, 1), [1]]
