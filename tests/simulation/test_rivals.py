"""What other engines are known to do wrong, each as a scenario of its own, on the real engine.

Every scenario is watched by the same witness as a simulation: all its invariants hold all the while.
"""

from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

from headway.errors import Busy
from headway.ids import show
from headway.model.operations import Operation, Phase
from headway.store import operations
from headway.testing.simulation.askers import Asker
from headway.testing.simulation.nodes import Node, Plan
from headway.testing.simulation.plays import Asked
from headway.testing.simulation.town import Setting, Town, perform
from headway.testing.simulation.weather import Shares

Script = Callable[[Town], Coroutine[Any, Any, None]]


def happens(script: Script, *lines: str, seed: int = 0, **setting: Any) -> None:
    """Let it happen, and recover from it; nothing is breached."""

    async def whole(town: Town) -> None:
        await town.open()
        for node in town.nodes:
            node.start()
        for node in town.nodes:
            await node.ready.wait()
        await script(town)
        await town.recover()

    report = perform(whole, Setting(lines=lines, **setting), seed=seed)
    assert report.breach is None, (report.told, *map(str, report.trace[-30:]))


async def asked(town: Town, node: Node, target: str = "thing:1", play: str = "play.0") -> Operation:
    """An operation that this node has accepted."""
    return await node.call(lambda: node.submit(town.types[play], Asked(target)))


async def row(town: Town, id: int) -> Operation:
    """As it is now."""
    found = town.witness.now(lambda tx: operations.get(tx, id))
    assert found is not None
    return found


def names(town: Town, id: int) -> list[str]:
    """What happened to it."""
    said = [it.what.split() for it in town.witness.trace if it.who == "event"]
    return [words[2].removeprefix("operation.") for words in said if words[1] == show(id)]


def test_a_zombie_that_wakes_and_finishes_is_refused_and_audited() -> None:
    """Which comes first, that its lease is lost or that its write is refused, is up to the seed."""
    audited = list[bool]()

    async def script(town: Town) -> None:
        one, _ = town.nodes
        it = await asked(town, one)
        await town.clock.sleep(0.5)
        one.freeze()
        await town.clock.sleep(12)
        assert (await row(town, it.id)).fence == 2
        one.wake()
        await town.clock.sleep(30)
        after = await row(town, it.id)
        assert (after.phase, after.fence) == (Phase.SUCCEEDED, 2)
        audited.append("write_refused" in names(town, it.id))

    for seed in range(8):
        happens(script, "a:quick/plain b:wait/plain", seed=seed)
    assert any(audited)


def test_a_zombie_that_finishes_frees_no_lock() -> None:
    """Elsewhere the next one on the same lock began while the rescued one still ran."""

    async def script(town: Town) -> None:
        one, two = town.nodes
        it = await asked(town, one)
        await town.clock.sleep(0.1)
        one.freeze()
        await town.clock.sleep(7)
        one.wake()
        for _ in range(30):
            await town.clock.sleep(0.1)
            if (await row(town, it.id)).phase.terminal:
                break
            try:
                await asked(town, two)
                raise AssertionError("the target was held")
            except Busy as busy:
                assert busy.holder == it.id

    happens(script, "a:keep/plain b:keep/plain c:keep/plain", fenced=True)


def test_nothing_stays_running_after_a_crash_though_the_node_never_comes_back() -> None:
    async def script(town: Town) -> None:
        one, _ = town.nodes
        it = await asked(town, one)
        await town.clock.sleep(0.1)
        one.kill()
        await town.clock.sleep(town.setting.plan.lease_seconds + 3)
        assert "taken_over" in names(town, it.id)
        await town.clock.sleep(30)
        assert (await row(town, it.id)).phase is Phase.SUCCEEDED

    happens(script, "a:long/plain")


def test_nothing_stays_running_after_a_crash_on_the_only_node() -> None:
    async def script(town: Town) -> None:
        (one,) = town.nodes
        it = await asked(town, one)
        await town.clock.sleep(0.1)
        one.kill()
        one.start()
        await town.clock.sleep(1)
        assert "taken_over" in names(town, it.id)

    happens(script, "a:long/plain", nodes=1)


def test_nothing_stays_running_when_the_database_goes_with_the_node() -> None:
    """A crash and a failover of the database at once left work pending for ever elsewhere."""

    async def script(town: Town) -> None:
        one, _ = town.nodes
        for n in range(3):
            await asked(town, one, f"thing:{n}")
        town.weather.cut("*", town.loop.time() + 8, stalls=False)
        await town.clock.sleep(0.05)
        one.kill()
        one.start()

    happens(script, "a:quick/plain b:long/plain")


def test_long_work_is_not_done_twice_because_it_is_long() -> None:
    """A rescue that goes by the clock alone ran a long job three times."""

    async def script(town: Town) -> None:
        one, _ = town.nodes
        it = await asked(town, one)
        for _ in range(60):
            await town.clock.sleep(1)
        assert "taken_over" not in names(town, it.id)
        assert (await row(town, it.id)).fence == 1

    happens(script, "a:long/plain b:long/plain c:long/plain d:long/plain", plan=Plan(lease_seconds=2))


def test_long_work_is_not_done_twice_because_the_clock_was_set() -> None:
    async def script(town: Town) -> None:
        one, _ = town.nodes
        it = await asked(town, one)
        for seconds in (-3600, 7200):
            await town.clock.sleep(1)
            town.dates.jump(one.clock.machine, seconds)
        await town.clock.sleep(60)
        assert "taken_over" not in names(town, it.id)

    happens(script, "a:long/plain b:long/plain", nodes=2, one_machine=False)


def test_cancelled_is_not_said_while_it_runs() -> None:
    async def script(town: Town) -> None:
        (one,) = town.nodes
        it = await asked(town, one)
        await town.clock.sleep(0.1)
        await one.call(lambda: one.cancel(it.id))
        assert (await row(town, it.id)).phase is Phase.RUNNING
        await town.clock.sleep(1)
        assert (await row(town, it.id)).phase is Phase.RUNNING
        await town.clock.sleep(20)
        assert (await row(town, it.id)).phase is Phase.CANCELLED

    happens(script, "a:keep/plain b:long/plain", nodes=1)


def test_a_cancel_reaches_the_node_that_performs_though_another_was_asked() -> None:
    async def script(town: Town) -> None:
        one, two = town.nodes
        it = await asked(town, one)
        await town.clock.sleep(0.5)
        await two.call(lambda: two.cancel(it.id))
        await town.clock.sleep(3)
        assert (await row(town, it.id)).phase is Phase.CANCELLED

    happens(script, "a:long/plain")


def test_a_cancel_is_heard_by_whoever_takes_over() -> None:
    async def script(town: Town) -> None:
        one, two = town.nodes
        it = await asked(town, one)
        await town.clock.sleep(0.5)
        one.kill()
        await two.call(lambda: two.cancel(it.id))
        await town.clock.sleep(12)
        assert (await row(town, it.id)).phase is Phase.CANCELLED

    happens(script, "a:long/plain b:quick/plain")


def test_a_node_that_comes_back_under_its_name_takes_up_what_it_left() -> None:
    """Names that were used again left orphans elsewhere."""

    async def script(town: Town) -> None:
        one, _ = town.nodes
        it = await asked(town, one)
        for _ in range(3):
            await town.clock.sleep(0.3)
            one.kill()
            one.start()
        await town.clock.sleep(40)
        assert (await row(town, it.id)).phase is Phase.SUCCEEDED

    happens(script, "a:quick/plain b:long/plain")


def test_what_is_told_as_finished_is_finished_though_the_node_dies_right_then() -> None:
    """Ends that are written a moment later were forgotten elsewhere, and the work done again."""

    async def script(town: Town) -> None:
        one, _ = town.nodes
        ids = [(await asked(town, one, f"thing:{n}")).id for n in range(3)]
        while any([not (await row(town, id)).phase.terminal for id in ids]):
            await town.clock.sleep(0.001)
        one.kill()
        one.start()
        await town.clock.sleep(10)
        assert [(await row(town, id)).fence for id in ids] == [1, 1, 1]

    happens(script, "a:quick/plain record:plain")


def test_a_node_that_is_cut_off_loses_its_work_to_one_other_and_hears_of_it() -> None:
    async def script(town: Town) -> None:
        one, _ = town.nodes
        it = await asked(town, one)
        town.weather.cut(one.name, town.loop.time() + 15, stalls=False)
        await town.clock.sleep(16)
        after = await row(town, it.id)
        assert after.fence == 2
        await town.clock.sleep(30)
        assert names(town, it.id).count("taken_over") == 1

    happens(script, "a:long/plain b:long/plain", fenced=True)


def test_an_answer_that_is_lost_begins_nothing_twice() -> None:
    async def script(town: Town) -> None:
        for n in range(10):
            asker = Asker(n, Random(n), town.nodes, town.clock, town.witness)
            await asker.wish(town.types["play.0"], Asked(f"thing:{n}"), cancels=False, twice=True)
        town.weather.clear()

    happens(script, "a:quick/plain", shares=Shares(lost=0.2, away=0.2))


def test_nothing_new_begins_with_a_right_that_is_over() -> None:
    """The answer to a submission came after its node had lost its lease and come back: it began what had ended."""

    async def script(town: Town) -> None:
        one, _ = town.nodes
        seat = one.worker.room()
        assert seat is not None
        it = await asked(town, one)
        await town.clock.sleep(0.1)
        one.freeze()
        await town.clock.sleep(40)
        assert (await row(town, it.id)).phase.terminal
        one.wake()
        await town.clock.sleep(5)
        one.worker.begin(it, seat)
        await town.clock.sleep(5)

    happens(script, "a:quick/plain b:quick/plain", fenced=True)
