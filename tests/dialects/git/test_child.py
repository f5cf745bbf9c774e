"""System git as a child."""

import asyncio
import os
from pathlib import Path

import pytest

from headway.dialects.git.child import Child
from headway.waiting import readable

HERE = {"PATH": "/usr/bin:/bin"}


def sh(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


async def test_each_line_leads_to_its_place() -> None:
    async with Child(sh("cat; echo no >&2; cat <&3 >&4"), HERE) as it:
        it.talk.writer.write(b"in")
        it.talk.writer.write_eof()
        assert await it.talk.reader.readexactly(2) == b"in"
        assert await it.complaints.readline() == b"no\n"
        it.ask.writer.write(b"asked")
        it.ask.writer.write_eof()
        assert await it.wait() == 0


@pytest.mark.parametrize(("script", "code"), [("exit 7", 7), ("kill -9 $$", 137)])
async def test_it_tells_how_it_ended(script: str, code: int) -> None:
    async with Child(sh(script), HERE) as it:
        assert await it.wait() == code


async def test_nothing_of_it_runs_behind_the_block() -> None:
    async with Child(sh("sleep 1000 & echo $!; wait"), HERE) as it:
        started = os.pidfd_open(int(await it.talk.reader.readline()))
    await readable(started)
    os.close(started)


async def test_what_cannot_be_started_leaves_nothing_open() -> None:
    before = list(Path("/proc/self/fd").iterdir())
    with pytest.raises(FileNotFoundError):
        async with Child(["/no/such/program"], HERE):
            pass
    await asyncio.sleep(0)
    assert len(list(Path("/proc/self/fd").iterdir())) == len(before)
