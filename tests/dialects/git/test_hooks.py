"""The scripts that git runs as hooks, run as git does it, and the platform's end of their lines."""

import asyncio
from pathlib import Path

import pytest

from headway.dialects.git import hooks
from headway.dialects.git.child import Child
from headway.dialects.git.hooks import Update

UPDATE = Update("1" * 40, "2" * 40, "refs/heads/main")
LINE = f"{UPDATE.before} {UPDATE.after} {UPDATE.ref}".encode()
HERE = {"PATH": "/usr/bin:/bin"}


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    hooks.write(tmp_path / "hooks")
    hooks.write(tmp_path / "hooks")
    return tmp_path / "hooks"


@pytest.mark.parametrize("fault", ["", r"Only main and\or master"])
async def test_before_a_push_it_asks_and_ends_as_it_is_told(scripts: Path, fault: str) -> None:
    async with Child([str(scripts / hooks.PRE_RECEIVE)], HERE) as it:
        it.talk.writer.write(LINE + b"\n")
        it.talk.writer.write_eof()
        assert await it.ask.reader.readline() == b"pre-receive\n"
        assert await hooks.proposed(it.ask.reader) == [UPDATE]
        hooks.allowed(it.ask.writer, fault)
        assert await it.wait() == bool(fault)
        assert await it.complaints.read() == (f" !     {fault}\n".encode() if fault else b"")


async def test_of_too_many_updates_the_first_are_looked_at(scripts: Path) -> None:
    async with Child([str(scripts / hooks.PRE_RECEIVE)], HERE) as it:
        it.talk.writer.write((LINE + b"\n") * 5000)
        it.talk.writer.write_eof()
        await it.ask.reader.readline()
        assert await hooks.proposed(it.ask.reader) == [UPDATE] * hooks.UPDATES_MAX


@pytest.mark.parametrize(
    ("why", "answer"), [("", b"ok refs/heads/main\n"), ("full", b"ng refs/heads/main full\n")]
)
async def test_it_receives_in_the_place_of_git_and_tells_what_became_of_each_ref(
    scripts: Path, why: str, answer: bytes
) -> None:
    async with Child([str(scripts / hooks.PROC_RECEIVE)], HERE) as it:
        it.talk.writer.write(hooks.packet(b"version=1\0atomic\n") + b"0000" + hooks.packet(LINE) + b"0000")
        assert await it.ask.reader.readline() == b"proc-receive\n"
        updates = await hooks.handed(it.ask.reader, it.ask.writer)
        assert updates == [UPDATE]
        it.say.write(b"-----> building\n" * 10_000)
        hooks.brought_about(it.ask.writer, updates, why)
        it.say.write_eof()
        it.ask.writer.write_eof()
        said = asyncio.ensure_future(it.complaints.read())
        expected = hooks.packet(b"version=1\0\n") + b"0000" + hooks.packet(answer) + b"0000"
        assert await it.talk.reader.readexactly(len(expected)) == expected
        # As git does when it has heard what became of them.
        it.talk.writer.write_eof()
        assert await it.wait() == 0
        assert await said == b"-----> building\n" * 10_000


@pytest.mark.parametrize("name", hooks.SCRIPTS)
async def test_a_platform_that_goes_away_lets_nothing_through(scripts: Path, name: str) -> None:
    async with Child([str(scripts / name)], HERE) as it:
        for line in (it.ask.writer, it.say):
            line.transport.abort()
        it.talk.writer.write_eof()
        code = await it.wait()
        assert await it.talk.reader.read() == b""
        # Of the other, git waits for words that do not come.
        assert code != 0 or name == hooks.PROC_RECEIVE
