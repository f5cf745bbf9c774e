"""Deploying: from an archive to containers that serve, and every way in which it may not come to that."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from headway.domain.apps.create import create
from headway.domain.apps.scale import scale
from headway.domain.catalog import CATALOG
from headway.domain.deployments.deploy import DEPLOY, Deploy, deploy, failed_as
from headway.domain.deployments.source import Origin
from headway.domain.operations.cancel import cancel
from headway.domain.variables.set import set_variables
from headway.domain.world import World
from headway.engine.declare import OperationType
from headway.errors import Busy, Failure, Invalid, NotFound
from headway.ids import show
from headway.model.apps import App, Change
from headway.model.deployments import FAILURES, Deployment
from headway.model.operations import Operation, Phase
from headway.store import containers, deployments, events, releases
from headway.store.database import Tx
from headway.testing.examples import running_app
from tests.outside import Outside, deployed, uploaded

SERVES = "web: serve\nworker: work\n"
HANGS = "web: sleep 100\n"
CRASHES = "web: echo no config found;exit 3\n"


@pytest.fixture
async def world(outside: Outside) -> AsyncIterator[World]:
    async with outside.at_work() as world:
        yield world


@pytest.fixture
async def app(outside: Outside) -> App:
    """It runs two web containers and a worker."""
    return await running_app(outside.process()[0], outside.by, "hello-world")


async def result(outside: Outside, begun: tuple[Deployment, Operation]) -> tuple[Deployment, Operation]:
    """Both, once they have ended."""
    operation = await outside.end_of(begun[1])
    return await outside.database.read(lambda tx: deployments.get(tx, begun[0].id)), operation


def left(outside: Outside) -> list[Path]:
    """What building has left besides slugs."""
    folders = (outside.config.folder / "deployments", outside.config.folder / "builds" / "builds")
    return [it for folder in folders if folder.exists() for it in folder.iterdir()]


async def nothing_has_changed(outside: Outside, app: App) -> None:
    """The containers of before serve, and nothing is left of the attempt."""
    assert await outside.labels(app) == ["web-1", "web-2", "worker-1"]
    assert {show(it.id) for it in await outside.rows(app)} == {it.id for it in await outside.units(app)}
    assert (await outside.app(app)).release_id == app.release_id
    outside.serves("hello-world.localhost")
    assert left(outside) == []


async def test_the_first_one_starts_the_initial_amount_of_each_type(outside: Outside, world: World) -> None:
    app = await create(world, "brand-new", outside.by)
    begun = await deployed(world, app, outside.by, SERVES, "v1")
    assert (begun[0].status, begun[0].previous_ref, begun[0].ref) == (None, None, "v1")
    deployment, operation = await result(outside, begun)
    assert (operation.phase, deployment.status) == (Phase.SUCCEEDED, "success")
    assert deployment.image_size > 0
    assert deployment.finished_at is not None
    assert await outside.labels(app) == ["web-1"]
    types = await outside.database.read(lambda tx: containers.types(tx, app.id))
    assert [(it.name, it.amount, it.command) for it in types] == [("web", 1, "serve"), ("worker", 0, "work")]
    outside.serves("brand-new.localhost")
    now = await outside.app(app)
    assert (now.release_id, now.last_deployment_id) == (deployment.release_id, deployment.id)
    assert (now.last_deployed_by, now.last_deployed_at) == ("admin", operation.created_at)
    assert left(outside) == []


async def test_the_next_one_replaces_all_containers_and_knows_the_one_before(
    outside: Outside, world: World, app: App
) -> None:
    before = {it.id for it in await outside.units(app)}
    deployment, operation = await result(outside, await deployed(world, app, outside.by, SERVES))
    assert (operation.phase, deployment.previous_ref) == (Phase.SUCCEEDED, "v1")
    assert await outside.labels(app) == ["web-1", "web-2", "worker-1"]
    assert before.isdisjoint({it.id for it in await outside.units(app)})
    assert left(outside) == []


async def test_new_types_come_and_it_says_which_vanished(outside: Outside, world: World, app: App) -> None:
    _, operation = await result(
        outside, await deployed(world, app, outside.by, "web: serve better\nclock: tick\n")
    )
    assert await outside.labels(app) == ["web-1", "web-2"]
    types = await outside.database.read(lambda tx: containers.types(tx, app.id))
    assert [(it.name, it.amount, it.command) for it in types] == [
        ("web", 2, "serve better"),
        ("worker", 1, ""),
        ("clock", 0, "tick"),
    ]
    said = await outside.said(operation)
    assert "worker is not in the Procfile any more" in said
    assert "web is not" not in said


async def test_a_type_that_comes_back_comes_back_as_it_was(outside: Outside, world: World, app: App) -> None:
    await result(outside, await deployed(world, app, outside.by, "web: serve\n"))
    await result(outside, await deployed(world, app, outside.by, SERVES))
    assert await outside.labels(app) == ["web-1", "web-2", "worker-1"]


async def test_the_same_source_again_makes_a_new_release_of_the_same_slug(
    outside: Outside, world: World, app: App
) -> None:
    first, _ = await result(outside, await deployed(world, app, outside.by, SERVES))
    second, _ = await result(outside, await deployed(world, app, outside.by, SERVES))
    old, new = [await outside.release(it.release_id) for it in (first, second)]
    assert old.digest == new.digest
    assert new.version == old.version + 1


@pytest.mark.parametrize(
    ("procfile", "status", "why"),
    [
        (CRASHES, "crashed-error", "no config found"),
        ("not a procfile", "build-error", "Procfile"),
    ],
)
async def test_one_that_fails_says_why_and_leaves_what_was_there(
    outside: Outside, world: World, app: App, procfile: str, status: str, why: str
) -> None:
    begun = await deployed(world, app, outside.by, procfile)
    await failed_as_if_it_had_never_been(outside, app, begun, status, why)


async def test_one_that_never_listens_fails_in_time_and_leaves_what_was_there(
    outside: Outside, app: App
) -> None:
    outside.settings(boot_seconds=0.3)
    async with outside.at_work() as world:
        begun = await deployed(world, app, outside.by, HANGS)
        await failed_as_if_it_had_never_been(
            outside, app, begun, "timeout-error", "did not accept connections"
        )


async def failed_as_if_it_had_never_been(
    outside: Outside, app: App, begun: tuple[Deployment, Operation], status: str, why: str
) -> None:
    deployment, operation = await result(outside, begun)
    assert (operation.phase, deployment.status) == (Phase.FAILED, status)
    assert operation.detail is not None
    assert why in operation.detail.text
    assert deployment.finished_at is not None
    await nothing_has_changed(outside, app)
    with pytest.raises(NotFound):
        await outside.release(deployment.release_id)
    (told,) = [
        event
        for event in await outside.database.read(lambda tx: events.of_operation(tx, operation.id))
        if event.name == "app.deployment_failed"
    ]
    assert (told.data["status"], told.data["text"]) == (status, operation.detail.text)


async def test_a_first_one_that_fails_at_its_end_leaves_an_app_that_nobody_can_reach(
    outside: Outside,
) -> None:
    async with outside.at_work({DEPLOY.name: failing_at_its_end()}) as world:
        app = await create(world, "brand-new", outside.by)
        _, operation = await result(outside, await deployed(world, app, outside.by, SERVES))
    assert operation.phase is Phase.FAILED
    assert outside.router.ask("brand-new.localhost").error == "unknown-host"
    assert await outside.units(app) == []
    assert left(outside) == []


async def test_one_that_fails_at_its_end_leaves_what_was_there(outside: Outside, app: App) -> None:
    async with outside.at_work({DEPLOY.name: failing_at_its_end()}) as world:
        deployment, operation = await result(outside, await deployed(world, app, outside.by, SERVES))
    assert (operation.phase, deployment.status) == (Phase.FAILED, "aborted")
    await nothing_has_changed(outside, app)


def failing_at_its_end() -> OperationType[Any, World]:
    """Deploying, but once the whole plot has been played it fails."""

    async def failing(run: Any) -> None:
        await DEPLOY.steps[-1].do(run)
        raise Failure("broken", "on purpose")

    steps = (*DEPLOY.steps[:-1], msgspec.structs.replace(DEPLOY.steps[-1], do=failing))
    return msgspec.structs.replace(DEPLOY, steps=steps)


async def test_a_router_that_is_away_for_a_while_is_waited_for(
    outside: Outside, world: World, app: App
) -> None:
    begun = await deployed(world, app, outside.by, SERVES)
    outside.router.is_reachable = False
    while not await tried_again(outside, begun[1]):
        await asyncio.sleep(0.02)
    outside.router.is_reachable = True
    deployment, operation = await result(outside, begun)
    assert (operation.phase, deployment.status) == (Phase.SUCCEEDED, "success")


async def tried_again(outside: Outside, operation: Operation) -> bool:
    told = await outside.database.read(lambda tx: events.of_operation(tx, operation.id))
    return any(event.name == "operation.step_again" for event in told)


@pytest.mark.parametrize("step", range(len(DEPLOY.steps)))
async def test_a_cancel_in_any_step_takes_everything_back(outside: Outside, step: int) -> None:
    idle, _ = outside.process()
    app = await running_app(idle, outside.by, "hello-world")
    reached = asyncio.Event()
    async with outside.at_work({DEPLOY.name: halting_in(step, reached.set)}) as world:
        begun = await deployed(world, app, outside.by, SERVES)
        await reached.wait()
        await cancel(world, begun[1].id, "changed my mind", by=outside.by)
        deployment, operation = await result(outside, begun)
    assert (operation.phase, deployment.status) == (Phase.CANCELLED, "aborted")
    await nothing_has_changed(outside, app)


def halting_in(index: int, reached: Callable[[], object]) -> OperationType[Any, World]:
    """Deploying, but a step does its work and then never ends."""
    do: Callable[[Any], Awaitable[Any]] = DEPLOY.steps[index].do

    async def halting(run: Any) -> None:
        await do(run)
        reached()
        await asyncio.Event().wait()

    steps = list(DEPLOY.steps)
    steps[index] = msgspec.structs.replace(steps[index], do=halting)
    return msgspec.structs.replace(DEPLOY, steps=tuple(steps))


async def test_one_that_is_cancelled_before_it_began_is_aborted(outside: Outside) -> None:
    idle, _ = outside.process()
    app = await running_app(idle, outside.by, "hello-world")
    begun = await deployed(idle, app, outside.by, SERVES)
    await cancel(idle, begun[1].id, "", by=outside.by)
    deployment, operation = await result(outside, begun)
    assert (operation.phase, deployment.status) == (Phase.CANCELLED, "aborted")
    assert deployment.finished_at is not None
    told = await outside.database.read(lambda tx: events.of_operation(tx, operation.id))
    assert told[-1].name == "operation.cancelled"


async def test_an_old_worker_that_crashes_does_not_keep_a_failed_one_from_turning_back(
    outside: Outside, app: App
) -> None:
    """Which is the usual reason to deploy another."""
    await let_the_worker_break(outside, app)
    outside.settings(boot_seconds=0.3)
    async with outside.at_work() as world:
        deployment, operation = await result(
            outside, await deployed(world, app, outside.by, "web: sleep 100\nworker: work\n")
        )
    assert operation.detail is not None
    assert (operation.detail.code, deployment.status) == ("timeout-error", "timeout-error")
    assert await outside.labels(app) == ["web-1", "web-2", "worker-1"]
    outside.serves("hello-world.localhost")


async def let_the_worker_break(outside: Outside, app: App) -> None:
    """From its next start on, as a worker does whose queue has gone."""
    release = await outside.release(app.release_id)
    broken = release.processes | {"worker": "echo no queue;exit 1"}

    async def body(tx: Tx) -> None:
        await releases.delete(tx, release.id)
        await releases.keep(tx, msgspec.structs.replace(release, processes=broken))

    await outside.database.write(body)


async def test_a_request_that_comes_again_gets_the_deployment_of_the_first_even_without_its_archive(
    outside: Outside, world: World, app: App
) -> None:
    url = await uploaded(world, outside.by, SERVES)
    first = await result(outside, await deploy(world, app, url, "v2", outside.by, key="k"))
    for file in (outside.config.folder / "sources").iterdir():
        file.unlink()
    again = await deploy(world, app, url, "v2", outside.by, key="k")
    assert (again[0], again[1].id) == (first[0], first[1].id)


async def test_an_archive_that_goes_once_it_was_taken_is_not_missed(outside: Outside, app: App) -> None:
    reached = asyncio.Event()
    async with outside.at_work({DEPLOY.name: halting_in(0, reached.set)}) as world:
        begun = await deployed(world, app, outside.by, SERVES)
        await reached.wait()
    for file in (outside.config.folder / "sources").iterdir():
        file.unlink()
    async with outside.at_work():
        deployment, _ = await result(outside, begun)
    assert deployment.status == "success"


async def test_an_archive_that_is_gone_is_a_build_error(outside: Outside, app: App) -> None:
    idle, _ = outside.process()
    begun = await deployed(idle, app, outside.by, SERVES)
    for file in (outside.config.folder / "sources").iterdir():
        file.unlink()
    async with outside.at_work():
        deployment, operation = await result(outside, begun)
    assert deployment.status == "build-error"
    assert operation.detail is not None
    assert operation.detail.text == "the uploaded archive is not there any more"


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "ftp://example.com/a.tar.gz", "file:///etc/passwd", "http://u:p@example.com/a.tgz"],
)
async def test_what_is_no_place_to_take_an_archive_from_is_refused(
    outside: Outside, world: World, app: App, url: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await deploy(world, app, url, "v2", outside.by)
    assert set(refused.value.fields) == {"source_url"}


async def test_a_url_of_this_machine_is_not_gone_to(outside: Outside, world: World, app: App) -> None:
    deployment, operation = await result(
        outside, await deploy(world, app, "http://localhost:1/a.tar.gz", "v2", outside.by)
    )
    assert deployment.status == "build-error"
    assert operation.detail is not None
    assert "not a public one" in operation.detail.text
    await nothing_has_changed(outside, app)


async def test_a_url_that_is_plainly_of_this_machine_is_refused_at_once(
    outside: Outside, world: World, app: App
) -> None:
    with pytest.raises(Invalid) as refused:
        await deploy(world, app, "http://127.0.0.1:1/a.tar.gz", "v2", outside.by)
    assert set(refused.value.fields) == {"source_url"}
    assert await outside.database.read(lambda tx: deployments.count(tx, app.id)) == 0


async def test_a_second_one_meanwhile_is_refused_and_leaves_no_deployment(
    outside: Outside, world: World, app: App
) -> None:
    begun = await deployed(world, app, outside.by, SERVES)
    with pytest.raises(Busy) as refused:
        await deployed(world, app, outside.by, SERVES)
    assert refused.value.holder == begun[1].id
    assert await outside.database.read(lambda tx: deployments.count(tx, app.id)) == 1
    await result(outside, begun)


async def test_variables_are_those_of_the_release_and_are_told_to_nobody(
    outside: Outside, world: World, app: App
) -> None:
    await set_variables(world, app, {"PASSWORD": "a-great-secret"}, outside.by)
    deployment, operation = await result(outside, await deployed(world, app, outside.by, SERVES))
    release = await outside.release(deployment.release_id)
    assert release.variables == {"PASSWORD": "a-great-secret"}
    told = await outside.database.read(lambda tx: events.of_operation(tx, operation.id))
    assert "a-great-secret" not in f"{told} {operation} {await outside.said(operation)}"


async def test_an_app_scaled_to_nothing_is_deployed_and_stays_stopped(
    outside: Outside, world: World, app: App
) -> None:
    none = [Change(name="web", amount=0), Change(name="worker", amount=0)]
    await outside.end_of((await scale(world, app, none, outside.by))[1])
    deployment, _ = await result(outside, await deployed(world, app, outside.by, SERVES))
    assert deployment.status == "success"
    assert await outside.units(app) == []
    assert outside.router.ask("hello-world.localhost").error == "stopped"


async def test_without_a_ref_it_is_named_by_its_time(outside: Outside, world: World, app: App) -> None:
    url = await uploaded(world, outside.by, SERVES)
    begun = await deploy(world, app, url, None, outside.by)
    assert begun[0].ref.startswith("archive-")
    await result(outside, begun)


@pytest.mark.parametrize(
    ("code", "built", "status"),
    [
        ("build-error", False, "build-error"),
        ("timeout-error", False, "build-error"),
        ("no-space", False, "build-error"),
        ("attempts-exhausted", False, "build-error"),
        ("cancelled", False, "aborted"),
        ("cancelled", True, "aborted"),
        ("crashed-error", True, "crashed-error"),
        ("timeout-error", True, "timeout-error"),
        ("hook-error", True, "hook-error"),
        ("attempts-exhausted", True, "aborted"),
    ],
)
def test_each_reason_has_its_status(code: str, built: bool, status: str) -> None:
    assert failed_as(code, built=built) == status
    assert status in FAILURES


def test_its_summary_names_the_version() -> None:
    params = Deploy(
        app_id=5,
        deployment_id=9,
        release_id=8,
        hook_id=7,
        release_before=None,
        origin=Origin(source_url="git:main", commit="c0ffee", branch="main"),
        ref="v2",
        formation=[],
        before=[],
    )
    assert CATALOG["deployment.deploy"].summary is not None
    assert CATALOG["deployment.deploy"].summary(params) == "deploy v2"
