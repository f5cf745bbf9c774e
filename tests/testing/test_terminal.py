"""The terminal in memory, beyond what every terminal promises."""

from headway.testing.terminal import MemoryTerminal


async def test_lines_are_typed_and_an_empty_one_is_no_end() -> None:
    terminal = MemoryTerminal(lambda: None)
    await terminal.write(b"\none\ntw")
    await terminal.write(b"o\x04\x04")
    assert [await terminal.typed() for _ in range(4)] == [b" ", b"one", b"two", b""]


async def test_who_hangs_up_is_told_of_once_and_not_behind_the_end() -> None:
    heard: list[int] = []
    for ends_first in (False, True):
        terminal = MemoryTerminal(lambda: heard.append(1))
        if ends_first:
            terminal.over()
        terminal.hang_up()
        terminal.hang_up()
        assert await terminal.read() == b""
        assert await terminal.read() == b""
    assert heard == [1]
