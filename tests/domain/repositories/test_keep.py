"""The repositories of apps."""

import asyncio

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
    folder = await keep.ensure(world, app.id)
    with pytest.raises(Retry, match=r"took longer than 0\.05 s"):
        await keep.asked(world, folder, "-c", "alias.wait=!sleep 100", "wait", seconds=0.05)


async def test_it_is_tidied_without_a_word(world: World, app: App) -> None:
    await committed(world, app, "web: serve\n")
    await keep.tidy(world, app.id)


def test_nothing_of_whoever_runs_the_platform_reaches_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    told = keep.environment("version=2")
    assert (told["GIT_PROTOCOL"], told["GIT_CONFIG_GLOBAL"]) == ("version=2", "/dev/null")
    assert "GIT_DIR" not in told
    assert "GIT_PROTOCOL" not in keep.environment()
