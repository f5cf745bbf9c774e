"""What the kernel tells of files."""

import asyncio

import pytest

from headway.inotify import CREATED, MODIFIED, Inotify


@pytest.fixture
def inotify():
    made = Inotify()
    yield made
    made.close()


async def told(inotify):
    async with asyncio.timeout(30):
        await inotify.readable()
    return inotify.events()


async def test_a_name_that_appears_in_a_folder_is_told_made_or_moved_there(inotify, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "elsewhere").touch()
    watch = inotify.watch(tmp_path / "folder", CREATED)
    (tmp_path / "folder" / "made").mkdir()
    (tmp_path / "elsewhere").rename(tmp_path / "folder" / "möved")

    assert [(event.watch, event.name) for event in await told(inotify)] == [(watch, "made"), (watch, "möved")]


async def test_a_file_that_grows_is_told_by_its_own_watch(inotify, tmp_path):
    (tmp_path / "still").touch()
    (tmp_path / "grows").touch()
    still, grows = (inotify.watch(tmp_path / name, MODIFIED) for name in ("still", "grows"))
    (tmp_path / "grows").write_text("more")

    assert {event.watch for event in await told(inotify)} == {grows} != {still}


async def test_a_watch_ends_with_what_it_watches(inotify, tmp_path):
    (tmp_path / "file").touch()
    watch = inotify.watch(tmp_path / "file", MODIFIED)
    (tmp_path / "file").unlink()
    *_, last = await told(inotify)

    assert (last.watch, last.ignored) == (watch, True)


def test_where_nothing_happened_there_are_no_events(inotify, tmp_path):
    inotify.watch(tmp_path, CREATED)

    assert inotify.events() == []


def test_what_is_not_there_cannot_be_watched(inotify, tmp_path):
    with pytest.raises(FileNotFoundError):
        inotify.watch(tmp_path / "nothing", CREATED)
