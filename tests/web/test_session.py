"""Before a terminal: which bytes go where, and when it ends."""

import asyncio
from collections import deque

import pytest

from headway.clock import SystemClock
from headway.testing.terminal import MemoryTerminal
from headway.web.body import Disconnected
from headway.web.session import Keyboard, Outcome, Session


@pytest.mark.parametrize(
    ("pieces", "typed"),
    [
        ([b"one\n\x04"], b"one\n\x04"),
        ([b"one\x04"], b"one\x04\x04"),
        ([b"one", b"\x04"], b"one\x04\x04"),
        ([b"one\n", b"\x04"], b"one\n\x04"),
        ([b"\x04"], b"\x04"),
        ([b"one\x04", b"\x04"], b"one\x04\x04\x04"),
        ([b"one\x04two"], b"one\x04two"),
    ],
)
def test_what_is_fed_ends_also_without_a_last_newline(pieces: list[bytes], typed: bytes) -> None:
    keyboard = Keyboard()
    assert b"".join(keyboard.typed(piece) for piece in pieces) == typed


def test_who_has_a_screen_knows_how_to_end() -> None:
    keyboard = Keyboard()
    keyboard.has_screen = True
    assert keyboard.typed(b"one\x04") == b"one\x04"


class Wire:
    """A line in memory."""

    def __init__(self, *typed: bytes) -> None:
        self.typed = deque(typed)
        self.said = b""
        self.is_open = True
        self.more = asyncio.Event()

    async def read(self) -> bytes:
        if self.typed:
            return self.typed.popleft()
        await self.more.wait()
        return b""

    async def write(self, said: bytes) -> None:
        if not self.is_open:
            raise Disconnected
        self.said += said


class Jumping(SystemClock):
    """Each sleep takes no time, and all of it."""

    def __init__(self) -> None:
        self.at = 0.0
        self.may_pass = asyncio.Event()

    def monotonic(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        await self.may_pass.wait()
        self.at += seconds


def seated(clock: SystemClock | None = None) -> tuple[MemoryTerminal, Session]:
    terminal = MemoryTerminal(lambda: None)
    return terminal, Session(terminal, clock or SystemClock(), 1800)


async def talk(session: Session, wire: Wire) -> Outcome:
    async with asyncio.timeout(20):
        return await session.talk(wire)  # type: ignore[arg-type]


async def test_bytes_go_both_ways_until_the_one_off_has_ended() -> None:
    terminal, session = seated()
    wire = Wire(b"hello\n")

    async def answer() -> None:
        terminal.say(b"you typed " + await terminal.typed())
        terminal.over()

    async with asyncio.TaskGroup() as group:
        group.create_task(answer())
        assert await talk(session, wire) is Outcome.OVER
    assert wire.said == b"you typed hello\r\n"


async def test_who_goes_is_gone_whichever_way_that_is_noticed() -> None:
    terminal, session = seated()
    wire = Wire()
    wire.more.set()
    assert await talk(session, wire) is Outcome.GONE
    terminal, session = seated()
    wire = Wire()
    wire.is_open = False
    terminal.say(b"anybody there?")
    assert await talk(session, wire) is Outcome.GONE


async def test_silence_on_both_sides_ends_it_and_a_byte_either_way_begins_it_anew() -> None:
    clock = Jumping()
    terminal, session = seated(clock)
    wire = Wire()
    talking = asyncio.create_task(talk(session, wire))
    await asyncio.sleep(0)
    clock.at = 1799
    terminal.say(b"still here")
    while not wire.said:
        await asyncio.sleep(0)
    clock.may_pass.set()
    assert await talking is Outcome.SILENT
    assert clock.at >= 1799 + 1800


async def test_what_is_fed_is_not_shown_until_there_is_a_screen() -> None:
    terminal, session = seated()
    wire = Wire(b"secret\n")
    wire.more.set()
    await talk(session, wire)
    assert not terminal.echoes
    session.resize(101, 31)
    assert (terminal.echoes, terminal.size) == (True, (101, 31))


async def test_what_is_typed_before_a_screen_is_shown() -> None:
    terminal, session = seated()
    session.resize(80, 24)
    wire = Wire(b"ls\n")
    wire.more.set()
    await talk(session, wire)
    assert terminal.echoes
