"""Units with a terminal, as processes: what is typed reaches them alone, and they die with whoever holds it."""

import asyncio
import signal

import pytest

from headway.errors import Failure
from tests.runtimes.bench import MARK, clear, make, running, serving, unit, until
from tests.runtimes.test_process import control_plane, heard


def attended(place, id, command):
    return unit(place, id, command, label="one-off-1", listens=False, once=True, terminal=True)


async def said(terminal, text):
    """Read until that was said."""
    found = b""
    async with asyncio.timeout(20):
        while text not in found:
            piece = await terminal.read()
            assert piece, found
            found += piece
    return found


async def ended(runtime, id="u1"):
    async with asyncio.timeout(20):
        return (await runtime.ended(id)).exit_code


async def test_an_interrupt_that_is_handled_ends_nothing(runtime, place):
    await runtime.ensure(
        attended(place, "u1", "trap 'echo caught' INT; echo up; while :; do sleep 0.05; done")
    )
    terminal = await runtime.attach("u1")
    await said(terminal, b"up")
    await terminal.write(b"\x03")
    await said(terminal, b"caught")
    terminal.hang_up()
    assert await ended(runtime) == 129


@pytest.mark.parametrize(("key", "code"), [(b"\x03", 130), (b"\x1c", 131)])
async def test_a_key_that_is_not_handled_ends_it(runtime, place, key, code):
    await runtime.ensure(attended(place, "u1", f"echo up; exec sleep {MARK}"))
    terminal = await runtime.attach("u1")
    await said(terminal, b"up")
    await until(running)
    await terminal.write(key)
    assert await ended(runtime) == code
    terminal.hang_up()


async def test_it_is_told_of_another_size(runtime, place):
    command = "trap 'stty size' WINCH; stty size; while :; do sleep 0.05; done"
    await runtime.ensure(attended(place, "u1", command))
    terminal = await runtime.attach("u1")
    await said(terminal, b"24 80\r\n")
    terminal.resize(101, 31)
    await said(terminal, b"31 101\r\n")
    terminal.hang_up()
    await ended(runtime)


async def test_what_is_deaf_to_the_end_of_its_terminal_can_be_killed(runtime, place):
    await runtime.ensure(attended(place, "u1", f"trap '' HUP; echo up; sleep {MARK}; sleep {MARK}"))
    terminal = await runtime.attach("u1")
    await said(terminal, b"up")
    terminal.hang_up()
    await runtime.signal("u1", signal.SIGKILL)
    assert await ended(runtime) == 137
    assert not running()


async def test_one_that_cannot_be_started_says_so_on_its_terminal(runtime, place):
    await runtime.ensure(attended(place, "u1", "echo never"))
    (place / "slug" / "serve.py").unlink()
    (place / "slug").rmdir()
    terminal = await runtime.attach("u1")
    await said(terminal, b"could not be started")
    assert await ended(runtime) == 126
    terminal.hang_up()


async def test_one_that_waits_still_does_behind_the_death_of_the_control_plane(kind, place):
    async with serving(make(kind, place / "runtime")) as runtime:
        await runtime.ensure(attended(place, "u1", "echo late; exit 3"))
    async with serving(make(kind, place / "runtime")) as runtime:
        terminal = await runtime.attach("u1")
        await said(terminal, b"late")
        assert await ended(runtime) == 3
        terminal.hang_up()
        await clear(runtime)


async def test_one_that_runs_ends_with_the_control_plane_and_that_is_known(kind, place):
    with control_plane(kind, place, "sit") as process:
        await heard(process, b"sitting")
        await until(running)
    async with serving(make(kind, place / "runtime")) as runtime:
        assert await ended(runtime, "seated") == 137
        with pytest.raises(Failure):
            await runtime.attach("seated")
        await until(lambda: not running())
        await clear(runtime)
