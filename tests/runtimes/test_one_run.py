"""Units that run once, as processes: adopted, ended unseen, never run twice."""

import asyncio
import signal

from tests.runtimes.bench import MARK, clear, lines, make, running, serving, text, unit, until


def once(place, id, command):
    return unit(place, id, command, label="one-off-1", listens=False, once=True)


async def test_it_lives_on_and_its_end_is_told_by_the_next(kind, place):
    async with serving(make(kind, place / "runtime")) as runtime:
        await runtime.ensure(once(place, "u1", f"echo run; sleep {MARK}; exit 7"))
        await until(running)
    async with serving(make(kind, place / "runtime")) as runtime:
        assert [status.state for status in await runtime.units()] == ["running"]
        await runtime.signal("u1", signal.SIGTERM)
        async with asyncio.timeout(20):
            ended = await runtime.ended("u1")
        assert (ended.state, ended.crashes) == ("ended", 0)
        await clear(runtime)


async def test_an_end_that_nobody_saw_is_known_and_nothing_is_run_again(kind, place):
    async with serving(make(kind, place / "runtime")) as runtime:
        await runtime.ensure(once(place, "u1", "echo run; sleep 0.3; exit 7"))
    status = place / "runtime/units/u1/runs/1/status"
    await until(lambda: status.exists() and "exit-code" in status.read_text())
    for _ in range(2):
        async with serving(make(kind, place / "runtime")) as runtime:
            async with asyncio.timeout(20):
                ended = await runtime.ended("u1")
            assert (ended.state, ended.exit_code) == ("ended", 7)
    async with serving(make(kind, place / "runtime")) as runtime:
        assert text(await lines(runtime, 2)) == [b"run", b"one-off-1: exited with status 7"]
        await clear(runtime)


async def test_it_takes_what_it_has_begun_along(runtime, place):
    await runtime.ensure(once(place, "u1", f"sleep {MARK} & sleep 0.05; exit 0"))
    async with asyncio.timeout(20):
        await runtime.ended("u1")

    assert not running()
