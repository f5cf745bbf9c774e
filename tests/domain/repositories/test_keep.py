"""The repositories of apps."""

import asyncio
import sys

import pytest

from headway.domain.repositories import keep
from headway.domain.repositories.keep import NOTHING
from headway.domain.world import World
from headway.errors import Retry
from headway.model.apps import App
from headway.testing.examples import committed


async def test_a_repository_is_made_once_also_by_many_at_once(world: World, app: App) -> None:
    made = await asyncio.gather(*(keep.ensure(world, app.id) for _ in range(4)))
    assert set(made) == {keep.folder_of(world, app.id)}
    assert [it.name for it in made[0].parent.iterdir()] == [made[0].name]


async def test_a_branch_is_where_it_was_moved(world: World, app: App) -> None:
    assert await keep.at(world, app.id, "main") == NOTHING
    commit = await committed(world, app, "web: serve\n")
    assert await keep.at(world, app.id, "main") == NOTHING
    await keep.move(world, app.id, "main", commit)
    await keep.move(world, app.id, "main", commit)
    assert await keep.at(world, app.id, "main") == commit
    assert await keep.at(world, app.id, "master") == NOTHING
    await keep.move(world, app.id, "main", NOTHING)
    await keep.move(world, app.id, "main", NOTHING)
    assert await keep.at(world, app.id, "main") == NOTHING


async def test_a_branch_is_not_moved_to_what_is_not_there(world: World, app: App) -> None:
    await keep.ensure(world, app.id)
    with pytest.raises(Retry, match="update-ref did not end well"):
        await keep.move(world, app.id, "main", "1" * 40)


async def test_a_forgotten_one_is_gone(world: World, app: App) -> None:
    folder = await keep.ensure(world, app.id)
    await keep.forget(world, app.id)
    assert not folder.exists()
    await keep.forget(world, app.id)


async def test_git_that_takes_too_long_is_ended(world: World, app: App) -> None:
    await keep.ensure(world, app.id)
    with pytest.raises(Retry, match=r"took longer than 0\.05 s"):
        await keep.asked(world, app.id, "-c", "alias.wait=!sleep 100", "wait", seconds=0.05)


async def test_a_branch_is_found_when_it_was_packed_away(world: World, app: App) -> None:
    commit = await committed(world, app, "web: serve\n")
    await keep.move(world, app.id, "master", commit)
    await keep.asked(world, app.id, "pack-refs", "--all")
    assert not (keep.folder_of(world, app.id) / "refs" / "heads" / "master").exists()
    assert await keep.at(world, app.id, "master") == commit
    assert await keep.at(world, app.id, "main") == NOTHING


async def test_what_is_no_commit_is_not_believed(world: World, app: App) -> None:
    folder = await keep.ensure(world, app.id)
    (folder / "refs" / "heads" / "main").write_text("ref: refs/heads/master\n")
    with pytest.raises(Retry, match="at no commit"):
        await keep.at(world, app.id, "main")


async def test_many_packs_become_one(world: World, app: App) -> None:
    folder = await keep.ensure(world, app.id)
    packs = folder / "objects" / "pack"
    for number in range(keep.PACKS_MAX):
        assert len(list(packs.glob("*.pack"))) == number
        commit = await committed(world, app, f"web: serve {number}\n")
        await keep.asked(world, app.id, "update-ref", f"refs/heads/{number}", commit)
        await keep.asked(world, app.id, "repack", "-q", "-d")
    await keep.tidy(world, app.id)
    assert len(list(packs.glob("*.pack"))) == 1


async def test_git_has_only_so_much_memory(world: World, app: App) -> None:
    await keep.ensure(world, app.id)
    wants = f"alias.want=!{sys.executable} -c 'bytearray(3 << 30)'"
    with pytest.raises(Retry, match="MemoryError"):
        await keep.asked(world, app.id, "-c", wants, "want")


def test_nothing_of_whoever_runs_the_platform_reaches_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    told = keep.environment("version=2")
    assert (told["GIT_PROTOCOL"], told["GIT_CONFIG_GLOBAL"]) == ("version=2", "/dev/null")
    assert "GIT_DIR" not in told
    assert "GIT_PROTOCOL" not in keep.environment()
