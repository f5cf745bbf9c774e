"""Postdeploy: run once, before traffic, and a release whose postdeploy fails never serves."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from headway.domain.operations.cancel import cancel
from headway.domain.variables.change import change_variables
from headway.domain.world import World
from headway.ids import show
from headway.model.apps import App
from headway.model.deployments import Deployment
from headway.model.one_offs import OneOff
from headway.model.operations import Operation, Phase
from headway.store import deployments, one_offs
from headway.testing.examples import running_app
from tests.outside import Outside, deployed


@pytest.fixture
async def world(outside: Outside) -> AsyncIterator[World]:
    outside.settings(postdeploy_seconds=60)
    async with outside.at_work() as world:
        yield world


@pytest.fixture
async def app(outside: Outside) -> App:
    """It runs two web containers and a worker."""
    return await running_app(outside.process()[0], outside.by, "hello-world")


async def result(outside: Outside, begun: tuple[Deployment, Operation]) -> tuple[Deployment, Operation]:
    operation = await outside.end_of(begun[1])
    return await outside.database.read(lambda tx: deployments.get(tx, begun[0].id)), operation


async def hook_of(outside: Outside, begun: tuple[Deployment, Operation]) -> OneOff:
    return await outside.database.read(lambda tx: one_offs.of_operation(tx, begun[1].id))


async def hook_runs(outside: Outside, app: App) -> None:
    """Return when the postdeploy of the app runs."""
    while not any(
        it.label.startswith("one-off") and it.state == "running" for it in await outside.units(app)
    ):
        await asyncio.sleep(0.01)


async def nothing_has_changed(outside: Outside, app: App) -> None:
    assert {show(it.id) for it in await outside.rows(app)} == {
        it.id for it in await outside.units(app) if it.state != "ended"
    }
    assert (await outside.app(app)).release_id == app.release_id
    outside.serves("hello-world.localhost")


async def test_it_runs_with_the_new_release_and_what_it_said_is_told(
    outside: Outside, world: World, app: App
) -> None:
    begun = await deployed(world, app, outside.by, "web: serve\npostdeploy: echo migrating $APP\n", "v9")
    deployment, operation = await result(outside, begun)
    assert (operation.phase, deployment.status) == (Phase.SUCCEEDED, "success")
    hook = await hook_of(outside, begun)
    assert (hook.exit_code, hook.command, hook.release_id) == (
        0,
        "echo migrating $APP",
        deployment.release_id,
    )
    assert hook.settled_at is not None
    said = await outside.said(operation)
    assert f"-----> Running postdeploy as {hook.label}" in said
    assert "       migrating hello-world" in said
    assert "postdeploy" not in {it.type for it in await outside.rows(app)}


async def test_one_that_fails_fails_the_deployment_and_the_old_release_serves_on(
    outside: Outside, world: World, app: App
) -> None:
    begun = await deployed(world, app, outside.by, "web: serve\npostdeploy: echo no table;exit 3\n")
    deployment, operation = await result(outside, begun)
    assert (operation.phase, deployment.status) == (Phase.FAILED, "hook-error")
    assert operation.detail is not None
    assert operation.detail.text.startswith("postdeploy exited with 3")
    assert "       no table" in await outside.said(operation)
    assert (await hook_of(outside, begun)).exit_code == 3
    await nothing_has_changed(outside, app)


async def test_traffic_goes_to_the_old_release_while_it_runs_and_a_cancel_ends_it(
    outside: Outside, world: World, app: App
) -> None:
    (before,) = await outside.router.routes()
    begun = await deployed(world, app, outside.by, "web: serve\npostdeploy: run on\n")
    await hook_runs(outside, app)
    assert await outside.router.routes() == [before]
    await cancel(world, begun[1].id, "enough", by=outside.by)
    deployment, operation = await result(outside, begun)
    assert (operation.phase, deployment.status) == (Phase.CANCELLED, "aborted")
    hook = await hook_of(outside, begun)
    assert (hook.reason, hook.exit_code is None) == ("stopped", False)
    await nothing_has_changed(outside, app)


async def test_one_that_takes_too_long_is_ended(outside: Outside, app: App) -> None:
    outside.settings(postdeploy_seconds=0.2)
    async with outside.at_work() as world:
        begun = await deployed(world, app, outside.by, "web: serve\npostdeploy: run on\n")
        deployment, operation = await result(outside, begun)
    assert deployment.status == "hook-error"
    assert operation.detail is not None
    assert operation.detail.text == "postdeploy took longer than 0.2 seconds"
    assert (await hook_of(outside, begun)).reason == "stopped"
    await nothing_has_changed(outside, app)


async def test_without_one_nothing_of_it_is_said(outside: Outside, world: World, app: App) -> None:
    _, operation = await result(outside, await deployed(world, app, outside.by, "web: serve\n"))
    assert "postdeploy" not in await outside.said(operation)


@pytest.mark.parametrize("procfile", ["web: serve\npostdeploy: echo $KEY\n", "web: echo $KEY;exit 3\n"])
async def test_no_secret_is_told_of_what_a_hook_or_a_crash_said(
    outside: Outside, world: World, app: App, procfile: str
) -> None:
    await change_variables(world, app, {"KEY": "hunter2"}, [], outside.by, secret=["KEY"])
    _, operation = await result(outside, await deployed(world, app, outside.by, procfile))
    said = await outside.said(operation) + (operation.detail.text if operation.detail else "")
    assert "********" in said
    assert "hunter2" not in said
