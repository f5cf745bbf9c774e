"""One push, with the real git over the real ssh: what is refused, what is deployed, what is told."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from headway.dialects.git.hooks import Update
from headway.dialects.git.push import fault_of
from headway.domain.operations.cancel import cancel
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.model.apps import App
from headway.model.operations import Phase
from headway.store import deployments, operations
from tests.outside import Outside
from tests.pushing import SERVES, Somebody, branches

Hooks = Callable[[], list[str]]
SOME, NOTHING = "1" * 40, "0" * 40


def update(ref: str, after: str = SOME) -> Update:
    return Update(NOTHING, after, ref)


@pytest.mark.parametrize("branch", ["main", "master"])
def test_one_of_two_branches_may_be_pushed(branch: str) -> None:
    assert fault_of([update(f"refs/heads/{branch}")]) == ""


@pytest.mark.parametrize(
    "updates",
    [
        [],
        [update("refs/heads/mainly")],
        [update("refs/tags/main")],
        [update("main")],
        [update("refs/heads/main"), update("refs/heads/master")],
        [update("refs/heads/main", NOTHING)],
    ],
)
def test_nothing_else_may(updates: list[Update]) -> None:
    assert fault_of(updates)


@pytest.mark.shows("SSH git-receive-pack", "SSH git-upload-pack")
async def test_a_push_deploys_says_how_that_goes_and_moves_the_branch(
    somebody: Somebody, outside: Outside, app: App
) -> None:
    first = await somebody.commits(SERVES)
    said = await somebody.well("push", somebody.at(app.name), "main")
    assert "remote: -----> Copying" in said
    assert f"remote: -----> hello-git serves {first[:10]}" in said
    outside.serves("hello-git.localhost")
    deployment = (await outside.database.read(lambda tx: deployments.of_app(tx, app.id, 1)))[0]
    assert (deployment.ref, deployment.source_url, deployment.status) == (first, "git:main", "success")
    assert deployment.pusher == "admin"
    assert (await outside.release((await outside.app(app)).release_id)).ref == first
    assert await branches(somebody) == {"HEAD": first, "refs/heads/main": first}
    # The next one, on the other branch: both are there, and a clone gets what serves.
    second = await somebody.commits(SERVES, again="yes")
    await somebody.well("push", somebody.at(app.name), "main:master")
    assert await branches(somebody) == {"HEAD": second, "refs/heads/main": first, "refs/heads/master": second}
    await somebody.well("clone", "-q", somebody.at(app.name), "elsewhere")
    assert (somebody.repository / "elsewhere" / "again").read_text() == "yes"


async def test_a_build_that_fails_fails_the_push_and_the_branch_stays(
    somebody: Somebody, outside: Outside, app: App
) -> None:
    good = await somebody.commits(SERVES)
    await somebody.well("push", somebody.at(app.name), "main")
    await somebody.commits("no colon\n")
    code, said = await somebody.git("push", somebody.at(app.name), "main")
    assert code == 1
    assert "remote:  !     The deployment failed (build-error): the Procfile is wrong" in said
    assert "! [remote rejected] main -> main (deployment failed: build-error)" in said
    assert (await branches(somebody))["refs/heads/main"] == good
    outside.serves("hello-git.localhost")
    # The same again is no news to git, and is tried again.
    assert (await somebody.git("push", somebody.at(app.name), "main"))[0] == 1
    # What was wrong is put right.
    await somebody.commits(SERVES)
    await somebody.well("push", somebody.at(app.name), "main")


@pytest.mark.parametrize(
    ("pushed", "why"),
    [
        (["main:feature"], "Only main and master are deployed, and refs/heads/feature is neither"),
        (["main", "main:feature"], "refs/heads/feature is neither"),
        (["main:refs/tags/v1"], "refs/tags/v1 is neither"),
        (["main", "main:master"], "One branch is deployed at a time"),
    ],
)
async def test_what_is_not_deployed_is_refused_with_the_reason_and_nothing_begins(
    somebody: Somebody, outside: Outside, app: App, pushed: list[str], why: str
) -> None:
    await somebody.commits(SERVES)
    code, said = await somebody.git("push", somebody.at(app.name), *pushed)
    assert code == 1
    assert why in said
    assert await outside.database.read(lambda tx: operations.newest(tx, target=f"app:{app.id}")) == []
    assert await branches(somebody) == {}


async def test_a_branch_is_not_deleted(somebody: Somebody, app: App) -> None:
    commit = await somebody.commits(SERVES)
    await somebody.well("push", somebody.at(app.name), "main")
    code, said = await somebody.git("push", somebody.at(app.name), ":main")
    assert code == 1
    assert "cannot be deleted" in said
    assert (await branches(somebody))["refs/heads/main"] == commit


async def test_a_shallow_push_is_refused(somebody: Somebody, app: App) -> None:
    await somebody.commits(SERVES)
    await somebody.commits(SERVES, more="1")
    await somebody.well("clone", "-q", "--depth=1", f"file://{somebody.repository}", "shallow")
    code, said = await somebody.git("-C", "shallow", "push", somebody.at(app.name), "main")
    assert code == 1
    assert "shallow update not allowed" in said
    assert await branches(somebody) == {}


async def test_what_was_rewritten_is_deployed_when_it_is_forced(somebody: Somebody, app: App) -> None:
    await somebody.commits(SERVES)
    await somebody.well("push", somebody.at(app.name), "main")
    await somebody.well("commit", "-q", "--amend", "-m", "rewritten")
    assert (await somebody.git("push", somebody.at(app.name), "main"))[0] == 1
    await somebody.well("push", "--force", somebody.at(app.name), "main")


@pytest.fixture
def hooks(outside: Outside) -> Hooks:
    """The hooks that ask for a deployment now, by their command lines."""

    def told(process: Path) -> str:
        try:
            return f"{(process / 'cmdline').read_bytes()!r} in {(process / 'cwd').readlink()}"
        except OSError:
            return ""

    def found() -> list[str]:
        every = [told(it) for it in Path("/proc").glob("[0-9]*")]
        return [it for it in every if "hooks/proc-receive" in it and str(outside.config.folder) in it]

    return found


async def held(outside: Outside, app: App) -> int:
    """The operation that holds the app, once one does."""
    feed = Feed(outside.database)
    try:
        async for _ in feed.follow(0):
            found = await outside.database.read(lambda tx: operations.holder(tx, f"app:{app.id}"))
            if found is not None:
                return found.id
    finally:
        feed.close()
    raise AssertionError


async def test_a_push_while_something_else_changes_the_app_waits_and_says_so(
    somebody: Somebody, world: World, outside: Outside, app: App, hooks: Hooks
) -> None:
    await somebody.commits("web: sleep 1000\n")
    async with asyncio.TaskGroup() as group:
        hanging = group.create_task(somebody.git("push", somebody.at(app.name), "main"))
        holder = await held(outside, app)
        await somebody.commits(SERVES)
        waiting = group.create_task(somebody.git("push", somebody.at(app.name), "main"))
        while len(hooks()) < 2:
            await asyncio.sleep(0.02)
        await cancel(world, holder, "enough", by=outside.by)
    assert hanging.result()[0] == 1
    assert "deployment failed: aborted" in hanging.result()[1]
    assert waiting.result()[0] == 0, waiting.result()[1]


@pytest.mark.parametrize("settings", [{"push_when_busy": "refuse"}])
async def test_a_push_meanwhile_may_be_refused_instead(
    somebody: Somebody, world: World, outside: Outside, app: App
) -> None:
    await somebody.commits("web: sleep 1000\n")
    async with asyncio.TaskGroup() as group:
        hanging = group.create_task(somebody.git("push", somebody.at(app.name), "main"))
        holder = await held(outside, app)
        code, said = await somebody.git("push", somebody.at(app.name), "main:master")
        await cancel(world, holder, "enough", by=outside.by)
    assert code == 1
    assert "remote:  !     Not deployed: another operation (deployment.deploy) is in progress" in said
    assert hanging.result()[0] == 1


async def test_who_goes_away_misses_what_is_said_and_nothing_else(
    somebody: Somebody, outside: Outside, app: App
) -> None:
    commit = await somebody.commits(SERVES)
    pushing = asyncio.get_running_loop().create_task(somebody.git("push", somebody.at(app.name), "main"))
    await held(outside, app)
    pushing.cancel()
    operation = (await outside.database.read(lambda tx: operations.newest(tx, target=f"app:{app.id}")))[0]
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    assert (await branches(somebody))["refs/heads/main"] == commit
