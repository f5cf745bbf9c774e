"""Output read from files as it comes."""

import asyncio
import contextlib

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
        asyncio.timeout(30),
        contextlib.aclosing(output.follow(folder.path.parent, {"u1": offset})) as following,
    ):
        async for run in following:
            found += run.lines
            if len(found) >= count:
                return found, run.end
    raise AssertionError


async def test_a_line_is_told_when_it_is_whole(made):
    write(made, b"one\ntw")
    async with asyncio.timeout(30), contextlib.aclosing(output.follow(made.path.parent, {})) as following:
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

    # The disk is freed by blocks, and what is left begins with the end of a line.
    assert found == [b"", *(b"%07d" % number for number in range(49_152, 50_000))]


async def test_forgetting_leaves_the_end_of_the_last_line(made):
    write(made, b"one\n")
    output.punch(made.out, 4)
    made.end_line()

    assert made.out.read_bytes() == b"\0one\n"


# An app that cuts its own output off


@contextlib.asynccontextmanager
async def following(folder, offset=0):
    """Reads on with `await heard(count)`: the lines, and the ends of what they came in."""
    async with contextlib.aclosing(output.follow(folder.path.parent, {"u1": offset})) as runs:

        async def heard(count):
            lines, ends = [], []
            async with asyncio.timeout(30):
                while len(lines) < count:
                    run = await anext(runs)
                    lines += run.lines
                    ends.append(run.end)
            return lines, ends

        yield heard


def cut_off(folder, text):
    """What `echo text > /dev/stderr` does."""
    with folder.out.open("wb", buffering=0) as out:
        out.write(text)


NOTE = b"web-1: it opens its output by name and cuts it off, lines may be lost: >> or >&2 keeps them"


async def test_an_app_that_cuts_its_output_off_is_read_on_and_told_so_once(made):
    said, ends = [], []
    async with following(made) as heard:
        write(made, b"one\ntwo\n")
        said.append(await heard(2))
        for _ in range(3):
            # Of the same length each time: its size does not tell.
            cut_off(made, b"ok\n")
            said.append(await heard(2 if len(said) == 1 else 1))
    for _, these in said:
        ends += these

    assert [lines for lines, _ in said] == [[b"one", b"two"], [NOTE, b"ok"], [b"ok"], [b"ok"]]
    assert ends == sorted(ends)


async def test_a_line_that_was_begun_before_the_cut_is_kept(made):
    async with following(made) as heard:
        write(made, b"one\nhalf")
        await heard(1)
        cut_off(made, b"new\n")

        assert (await heard(3))[0] == [b"half", NOTE, b"new"]


async def test_what_is_cut_off_while_nobody_reads_is_read_on_by_the_next(made):
    async with following(made) as heard:
        write(made, b"one\ntwo\n")
        _, (*_, before) = await heard(2)
    # Longer than what was read: its size does not tell.
    cut_off(made, b"three, and more than there was\n")
    async with following(made, before) as heard:
        lines, ends = await heard(2)
        assert lines == [NOTE, b"three, and more than there was"]
        assert min(ends) >= before
    write(made, b"four\n")
    async with following(made, ends[-1]) as heard:
        assert (await heard(1))[0] == [b"four"]


async def test_a_program_that_writes_on_where_it_began_is_read_whole(made):
    async with following(made) as heard:
        write(made, b"one\n")
        await heard(1)
        with made.out.open("wb", buffering=0) as tee:
            tee.write(b"1st\n2")
            assert (await heard(2))[0] == [NOTE, b"1st"]
            for piece, line in ((b"nd\n", b"2nd"), (b"3rd\n4", b"3rd"), (b"th\n", b"4th")):
                tee.write(piece)
                assert (await heard(1))[0] == [line]
        write(made, b"end\n")

        assert (await heard(1))[0] == [b"end"]


async def test_output_behind_a_cut_is_forgotten_by_its_offset(made):
    async with following(made) as heard:
        write(made, b"x" * 9000 + b"\n")
        await heard(1)
        cut_off(made, b"y" * 15_999 + b"\n")
        _, (*_, end) = await heard(2)
    write(made, b"two\n")
    output.punch(made.out, 9000)
    assert made.out.stat().st_blocks * 512 >= 16_000
    output.punch(made.out, end)

    assert made.out.stat().st_blocks * 512 <= 12_288
    async with following(made, end) as heard:
        assert (await heard(1))[0] == [b"two"]


async def test_an_empty_file_is_left_to_who_emptied_it(made):
    async with following(made) as heard:
        write(made, b"one\n")
        await heard(1)
        with made.out.open("wb", buffering=0) as echo:
            waiting = asyncio.create_task(heard(2))
            for _ in range(100):
                await asyncio.sleep(0)
            assert made.out.stat().st_size == 0
            echo.write(b"two\n")
        assert (await waiting)[0] == [NOTE, b"two"]


async def test_forgetting_what_is_not_there_is_nothing(tmp_path):
    output.punch(tmp_path / "nothing", 5)


def test_a_line_of_ours_ends_the_line_before_it(made):
    write(made, b"half")
    made.say("ours")
    made.end_line()

    assert made.out.read_bytes() == b"\0half\nours\n"
    assert made.last_lines(1) == ["ours"]
