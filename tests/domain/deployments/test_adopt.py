"""Manifests: adopted at the first deployment of an app, and their hook at each one of a child app."""

from collections.abc import AsyncIterator, Mapping

import msgspec
import pytest

from headway.domain.apps.create import create
from headway.domain.apps.scale import scale
from headway.domain.deployments.deploy import deploy
from headway.domain.deployments.upload import create_source, upload
from headway.domain.variables.set import set_variables
from headway.domain.world import World
from headway.model.apps import App, Change
from headway.model.one_offs import OneOff
from headway.model.operations import Operation, Phase
from headway.store import one_offs, variables
from headway.testing.examples import archive
from tests.outside import Outside

PROCFILE = "web: serve\nworker: work\npostdeploy: echo from the Procfile\n"
WITHOUT_HOOK = "web: serve\nworker: work\n"
MANIFEST = {
    "env": {
        "COLOUR": "blue",
        "SHAPE": "round",
        "KEY": {"generator": "secret"},
        "HOME_URL": {"generator": "url", "template": "%URL%/%PARENT_APP%"},
    },
    "formation": {
        "web": {"amount": 2, "size": "L"},
        "worker": {"amount": 1, "size": "S"},
        "ghost": {"amount": 1},
    },
    "scripts": {"first-deploy": "echo seeded", "postdeploy": "echo from the manifest"},
}


@pytest.fixture
async def world(outside: Outside) -> AsyncIterator[World]:
    async with outside.at_work() as world:
        yield world


async def deployed(
    outside: Outside, world: World, app: App, manifest: Mapping[str, object], procfile: str = PROCFILE
) -> Operation:
    """A deployment of both files, when it has ended."""
    secrets = await create_source(world, outside.by)

    async def chunks() -> AsyncIterator[bytes]:
        yield archive(procfile, {"scalingo.json": msgspec.json.encode(manifest)})

    await upload(world, secrets[0], chunks())
    url = f"http://127.0.0.1/v1/sources/download?token={secrets[1]}"
    app = await outside.app(app)
    return await outside.end_of((await deploy(world, app, url, "v1", outside.by))[1])


async def variables_of(outside: Outside, app: App) -> dict[str, str]:
    found = await outside.database.read(lambda tx: variables.of_app(tx, app.id))
    return {it.name: it.value for it in found}


async def hook_of(outside: Outside, operation: Operation) -> OneOff:
    return await outside.database.read(lambda tx: one_offs.of_operation(tx, operation.id))


async def test_the_first_deployment_sets_scales_and_seeds(outside: Outside, world: World) -> None:
    app = await create(world, "brand-new", outside.by)
    await set_variables(world, app, {"COLOUR": "red"}, outside.by)
    operation = await deployed(outside, world, app, MANIFEST)
    assert operation.phase is Phase.SUCCEEDED
    there = await variables_of(outside, app)
    key = there.pop("KEY")
    assert len(bytes.fromhex(key)) == 16
    assert there == {"COLOUR": "red", "SHAPE": "round", "HOME_URL": "http://brand-new.localhost:8080/"}
    assert [(it.label, it.size) for it in await outside.rows(app)] == [
        ("web-1", "L"),
        ("web-2", "L"),
        ("worker-1", "S"),
    ]
    assert (await hook_of(outside, operation)).command == "echo seeded"
    said = await outside.said(operation)
    assert "It sets SHAPE, KEY, HOME_URL" in said
    assert "the manifest scales ghost, which is not in the Procfile" in said
    assert key not in said
    release = await outside.release((await outside.app(app)).release_id)
    assert release.variables["KEY"] == key


async def test_of_an_app_that_was_deployed_before_it_counts_no_more(outside: Outside, world: World) -> None:
    app = await create(world, "brand-new", outside.by)
    await deployed(outside, world, app, {}, WITHOUT_HOOK)
    operation = await deployed(outside, world, app, MANIFEST, WITHOUT_HOOK)
    assert (operation.phase, await variables_of(outside, app)) == (Phase.SUCCEEDED, {})
    assert await outside.labels(app) == ["web-1"]
    assert "-----> Running" not in await outside.said(operation)


async def test_a_child_app_runs_its_hook_at_each_deployment(outside: Outside, world: World) -> None:
    parent = await create(world, "parent-app", outside.by)
    child = await create(world, "child-app", outside.by, parent_id=parent.id)
    first = await deployed(outside, world, child, MANIFEST, WITHOUT_HOOK)
    assert (await hook_of(outside, first)).command == "echo seeded"
    assert (await variables_of(outside, child))["HOME_URL"].endswith("/parent-app")
    second = await deployed(outside, world, child, MANIFEST, WITHOUT_HOOK)
    assert (await hook_of(outside, second)).command == "echo from the manifest"
    third = await deployed(outside, world, child, MANIFEST)
    assert (await hook_of(outside, third)).command == "echo from the Procfile"


async def test_until_one_succeeds_it_is_the_first_and_what_was_made_stays(
    outside: Outside, world: World
) -> None:
    app = await create(world, "brand-new", outside.by)
    await outside.end_of((await scale(world, app, [Change(name="web", amount=3)], outside.by))[1])
    failing = {**MANIFEST, "scripts": {"first-deploy": "exit 3"}}
    operation = await deployed(outside, world, app, failing)
    assert operation.detail is not None
    assert operation.detail.text.startswith("first-deploy exited with 3")
    key = (await variables_of(outside, app))["KEY"]
    assert (await deployed(outside, world, app, MANIFEST)).phase is Phase.SUCCEEDED
    assert (await variables_of(outside, app))["KEY"] == key
    assert [it.label for it in await outside.rows(app)] == ["web-1", "web-2", "web-3", "worker-1"]


@pytest.mark.parametrize(
    ("manifest", "text"),
    [
        ({"env": {"A": {"generator": "dice"}}}, "scalingo.json is wrong: env, A"),
        ({"env": {"A": {"required": True}, "B": "b"}}, "requires variables that are not set: A"),
        ({"formation": {"web": {"amount": 99}}}, "wants containers that cannot be: "),
    ],
)
async def test_one_that_is_wrong_fails_the_build_and_sets_nothing(
    outside: Outside, world: World, manifest: Mapping[str, object], text: str
) -> None:
    app = await create(world, "brand-new", outside.by)
    operation = await deployed(outside, world, app, manifest)
    assert operation.phase is Phase.FAILED
    assert operation.detail is not None
    assert operation.detail.code == "build-error"
    assert text in operation.detail.text
    assert await variables_of(outside, app) == {}
