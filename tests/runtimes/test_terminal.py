"""A pseudo-terminal, with this process on both sides of it."""

import asyncio
import os
import termios

import pytest

from headway.runtimes.terminal import PseudoTerminal


@pytest.fixture
async def terminal():
    made = PseudoTerminal(None)
    yield made
    made.hang_up()


@pytest.fixture
def slave(terminal):
    descriptor = os.open(terminal.path, os.O_RDWR | os.O_NOCTTY)
    yield descriptor
    os.close(descriptor)


async def test_what_is_left_is_read_behind_the_end(terminal):
    terminal.over("last words\n")
    terminal.over()

    assert await terminal.read() == b"last words\r\n"
    assert await terminal.read() == b""


async def test_who_reads_waits_until_something_is_said(terminal, slave):
    reading = asyncio.create_task(terminal.read())
    await asyncio.sleep(0)
    os.write(slave, b"hello\n")

    assert await reading == b"hello\r\n"


async def test_who_waits_is_let_go_when_it_is_hung_up(terminal, slave):
    reading = asyncio.create_task(terminal.read())
    await asyncio.sleep(0)
    terminal.hang_up()
    terminal.hang_up()

    assert await reading == b""
    await terminal.write(b"lost")
    terminal.resize(1, 1)
    terminal.echo(on=True)


async def test_what_is_typed_waits_for_room_and_all_of_it_arrives(terminal, slave):
    modes = termios.tcgetattr(slave)
    modes[3] &= ~(termios.ICANON | termios.ECHO)
    termios.tcsetattr(slave, termios.TCSANOW, modes)
    typed = os.urandom(200_000).replace(b"\x03", b"").replace(b"\x1c", b"").replace(b"\x1a", b"")
    typed = bytes(byte | 0x40 for byte in typed)
    writing = asyncio.create_task(terminal.write(typed))
    arrived = b""
    async with asyncio.timeout(60):
        while len(arrived) < len(typed):
            arrived += await asyncio.to_thread(os.read, slave, 65536)
        await writing

    assert arrived == typed


async def test_its_size_and_its_echo_are_those_of_the_other_side(terminal, slave):
    assert tuple(os.get_terminal_size(slave)) == (80, 24)
    terminal.resize(101, 31)
    assert tuple(os.get_terminal_size(slave)) == (101, 31)
    for on in (False, True):
        terminal.echo(on=on)
        assert bool(termios.tcgetattr(slave)[3] & termios.ECHO) == on


async def test_who_edits_lines_itself_keeps_its_echo(terminal, slave):
    modes = termios.tcgetattr(slave)
    modes[3] &= ~(termios.ICANON | termios.ECHO)
    termios.tcsetattr(slave, termios.TCSANOW, modes)
    terminal.echo(on=True)

    assert not termios.tcgetattr(slave)[3] & termios.ECHO
