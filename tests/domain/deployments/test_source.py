"""Where the source of a deployment comes from."""

import tarfile
from pathlib import Path

import pytest

from headway.domain.deployments import source
from headway.domain.deployments.source import Origin
from headway.domain.repositories import keep
from headway.domain.world import World
from headway.errors import Failure
from headway.model.apps import App
from headway.testing.examples import committed
from tests.ready_made import world_in


def names(archive: Path) -> list[str]:
    with tarfile.open(archive) as tar:
        return tar.getnames()


async def test_a_commit_is_read_whole_and_as_it_is(world: World, app: App) -> None:
    await keep.ensure(world, app.id)
    files = {
        ".gitattributes": "tests export-ignore\nversion export-subst\n",
        "tests": "x",
        "version": "$Format:%H$",
    }
    listed = b""
    for name, content in files.items():
        blob = await keep.asked(world, app.id, "hash-object", "-w", "--stdin", fed=content.encode())
        listed += f"100644 blob {blob.strip()}\t{name}\n".encode()
    tree = (await keep.asked(world, app.id, "mktree", fed=listed)).strip()
    await source.take(world, app.id, 7, Origin(source_url="git:main", commit=tree, branch="main"))
    archive = source.archive_of(world, 7)
    assert names(archive) == ["app", "app/.gitattributes", "app/tests", "app/version"]
    with tarfile.open(archive) as tar:
        content = tar.extractfile("app/version")
        assert content is not None
        assert content.read() == b"$Format:%H$"
    source.leave(world, 7)
    assert list(archive.parent.iterdir()) == []


async def test_an_archive_that_is_there_is_not_taken_again(world: World, app: App) -> None:
    archive = source.archive_of(world, 7)
    archive.parent.mkdir()
    archive.write_bytes(b"there")
    await source.take(world, app.id, 7, Origin(source_url="git:main", commit="1" * 40, branch="main"))
    assert archive.read_bytes() == b"there"


async def test_without_a_repository_there_is_no_commit(world: World, app: App) -> None:
    with pytest.raises(Failure, match="not there any more"):
        await source.take(world, app.id, 7, Origin(source_url="git:main", commit="1" * 40, branch="main"))


async def test_a_commit_that_is_too_large_is_refused(tmp_path: Path) -> None:
    async with world_in(tmp_path, archive_bytes_max=10) as world:
        app = App(*[5, "hello-git", 1, None, None, "s", False, False, False, None, None, None, None, 0, 0])
        commit = await committed(world, app, "web: serve\n")
        with pytest.raises(Failure, match="more than 10 bytes"):
            await source.take(world, 5, 7, Origin(source_url="git:main", commit=commit, branch="main"))


@pytest.mark.parametrize("private", [True, False])
async def test_the_settings_say_how_far_a_download_may_go(tmp_path: Path, private: bool) -> None:
    async with world_in(tmp_path, source_private_addresses=private, archive_bytes_max=5) as world:
        reach = source.reach(world)
    assert (reach.private, reach.bytes_max, reach.seconds) == (private, 5, 300)


@pytest.mark.parametrize(
    ("origin", "ours"),
    [
        (Origin(source_url="u", archive="a"), True),
        (Origin(source_url="git:main", commit="c"), True),
        (Origin(source_url="u", url="u"), False),
        (Origin(source_url=""), False),
    ],
)
def test_what_was_uploaded_or_pushed_is_here_already(origin: Origin, ours: bool) -> None:
    assert origin.ours is ours
