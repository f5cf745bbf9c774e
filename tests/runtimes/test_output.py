"""Output read from files as it comes."""

import asyncio
import contextlib
import os

import pytest

from headway.runtimes import output
from headway.runtimes.unit_folder import State, UnitFolder, Wanted
from tests.runtimes.bench import unit


@pytest.fixture
def made(tmp_path):
    (tmp_path / "units").mkdir()
    folder = UnitFolder(tmp_path / "units" / "u1")
    folder.begin(Wanted(unit=unit(tmp_path, "u1"), port=None, user=None), State())
    return folder


def write(folder, text):
    with folder.out.open("ab") as out:
        out.write(text)


async def read(folder, count, offset=0):
    found = []
    async with (
        asyncio.timeout(10),
        contextlib.aclosing(output.follow(folder.path.parent, {"u1": offset})) as following,
    ):
        async for run in following:
            found += run.lines
            if len(found) >= count:
                return found, run.end
    raise AssertionError


async def test_a_line_is_told_when_it_is_whole(made):
    write(made, b"one\ntw")
    async with asyncio.timeout(10), contextlib.aclosing(output.follow(made.path.parent, {})) as following:
        first = await anext(following)
        second = asyncio.create_task(anext(following))
        await asyncio.sleep(0)
        write(made, b"o\n")

        assert (first.lines, first.end) == ([b"one"], 4)
        assert ((await second).lines, (await second).end) == ([b"two"], 8)


async def test_empty_lines_are_lines(made):
    write(made, b"\n\nx\n")
    assert await read(made, 3) == ([b"", b"", b"x"], 4)


async def test_a_line_that_never_ends_comes_in_pieces(made):
    write(made, b"x" * (40 << 10))
    found, end = await read(made, 2)

    assert [len(piece) for piece in found] == [16 << 10, 16 << 10]
    assert (
        await read(made, 1, end)
        if write(made, b"\n")
        else (await read(made, 1, end))[0] == [b"x" * (8 << 10)]
    )


async def test_forgotten_output_takes_no_disk_but_for_the_last_lines(made):
    write(made, b"".join(b"%07d\n" % number for number in range(50_000)))
    output.punch(made.out, 8 * 50_000)

    assert made.out.stat().st_blocks * 512 <= 8192
    assert made.last_lines(2) == ["0049998", "0049999"]


async def test_who_asks_from_before_what_is_forgotten_gets_what_is_left(made):
    write(made, b"".join(b"%07d\n" % number for number in range(50_000)))
    output.punch(made.out, 8 * 49_990)
    (found, _) = await read(made, 10)

    assert found == [b"%07d" % number for number in range(49_152, 50_000)]


async def test_forgetting_leaves_the_end_of_the_last_line(made):
    write(made, b"one\n")
    output.punch(made.out, 4)
    made.end_line()

    assert made.out.read_bytes() == b"one\n"


async def test_an_app_that_cuts_its_own_output_off_is_read_from_the_beginning(made):
    write(made, b"one\ntwo\n")
    async with asyncio.timeout(10), contextlib.aclosing(output.follow(made.path.parent, {})) as following:
        await anext(following)
        os.truncate(made.out, 0)
        write(made, b"new\n")
        found = []
        while not found:
            found = (await anext(following)).lines

        assert found == [b"new"]


async def test_forgetting_what_is_not_there_is_nothing(tmp_path):
    output.punch(tmp_path / "nothing", 5)


def test_a_line_of_ours_ends_the_line_before_it(made):
    write(made, b"half")
    made.say("ours")
    made.end_line()

    assert made.out.read_bytes() == b"half\nours\n"
    assert made.last_lines(1) == ["ours"]
