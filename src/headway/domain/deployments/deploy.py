"""Deploy an app: from an archive of source to containers that serve it.

The old release serves until every web container of the new one is ready, and goes on serving if anything fails
before that. Read DEPLOY, near the end, first.
"""

from typing import Any
from urllib.parse import urlsplit

import msgspec

from headway import ids
from headway.addresses import is_plainly_private
from headway.builders.download import fault_of
from headway.builders.port import Source
from headway.clock import SECOND
from headway.domain.access import permitted
from headway.domain.apps.rollback import rollback
from headway.domain.containers import formation, running
from headway.domain.containers.swap import Swap, Swapping
from headway.domain.cron_tasks.put_in_force import put_in_force
from headway.domain.deployments import adopt, hook, source
from headway.domain.deployments.source import Origin
from headway.domain.deployments.upload import own_archive
from headway.domain.repositories import keep
from headway.domain.world import World
from headway.engine.cancel import CODE
from headway.engine.declare import OperationType, Run, Step
from headway.engine.submit import Key, key_of
from headway.errors import Conflict, Invalid
from headway.model.apps import App, Container, ContainerType
from headway.model.cron_tasks import CronLine
from headway.model.deployments import FAILURES, SUCCESS, Deployment, Release
from headway.model.manifests import shaped
from headway.model.operations import Actor, Detail, NewEvent, Operation
from headway.model.variables import resolved, secrets_of
from headway.store import accounts, apps, containers, deployments, releases, variables
from headway.store.database import Tx

BUILD_SECONDS_MAX = 3600
SOURCE_SECONDS_MAX = 1800


class Deploy(msgspec.Struct, frozen=True, kw_only=True):
    """What is deployed, and what was there before."""

    app_id: int
    deployment_id: int
    release_id: int
    hook_id: int
    """The one-off that runs its postdeploy, where it has one."""
    release_before: int | None
    origin: Origin
    ref: str
    formation: list[ContainerType]
    before: list[Container]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from the build: a note of the step that makes the release."""

    formation: list[ContainerType]
    after: list[Container]


async def deploy(
    world: World, app: App, source_url: str, ref: str | None, by: Actor, *, key: str = ""
) -> tuple[Deployment, Operation]:
    """Begin to deploy; the deployment and its operation.

    Invalid where the URL is no place to take an archive from, Busy while anything else changes the app.
    """
    archive = await own_archive(world, source_url)
    origin = (
        Origin(source_url=source_url, url=source_url)
        if archive is None
        else Origin(source_url=source_url, archive=archive.name)
    )
    sent = key_of(by, key, DEPLOY.name, app.id, source_url, ref)
    return await _submitted(
        world, app, origin, by, ref=ref or f"archive-{world.clock.now() // 1_000_000}", key=sent
    )


async def push(
    world: World, app: App, origin: Origin, by: Actor, *, key: str = ""
) -> tuple[Deployment, Operation]:
    """Begin to deploy a commit of the app's repository; its branch moves there once it serves.

    Busy while anything else changes the app.
    """
    sent = key_of(by, key, DEPLOY.name, app.id, origin.branch, origin.commit)
    return await _submitted(world, app, origin, by, ref=origin.commit, key=sent)


async def _submitted(
    world: World, app: App, origin: Origin, by: Actor, *, ref: str, key: Key | None
) -> tuple[Deployment, Operation]:
    async def body(tx: Tx) -> tuple[Deployment, Operation]:
        await permitted(tx, app.id, by, DEPLOY.name)
        if (earlier := await world.desk.earlier(tx, key)) is not None:
            return await deployments.of_operation(tx, earlier.id, app.id), earlier
        if not origin.ours and (fault := _fault_of(world, origin.url)):
            raise Invalid(source_url=fault)
        params = await _planned(world, tx, app, origin, ref)
        operation = await world.desk.submit(tx, DEPLOY, params, by=by, key=key)
        return await _begun(tx, params, operation, by), operation

    return await world.database.write(body)


def _fault_of(world: World, url: str) -> str:
    """What is plainly wrong with a URL to take an archive from; where its name leads is looked at when it is followed."""
    if fault := fault_of(url):
        return fault
    is_private = is_plainly_private(urlsplit(url).hostname or "")
    return (
        "should not lead to a private address"
        if is_private and not world.config.source_private_addresses
        else ""
    )


async def _planned(world: World, tx: Tx, app: App, origin: Origin, ref: str) -> Deploy:
    """What is to be deployed, beside what is there."""
    return Deploy(
        app_id=app.id,
        deployment_id=world.ids.next(),
        release_id=world.ids.next(),
        hook_id=world.ids.next(),
        release_before=(await apps.get(tx, app.id)).release_id,
        origin=origin,
        ref=ref,
        formation=await containers.types(tx, app.id),
        before=await containers.of_app(tx, app.id),
    )


async def _begun(tx: Tx, params: Deploy, operation: Operation, by: Actor) -> Deployment:
    """The deployment, kept beside the operation that makes it."""
    app = await apps.get(tx, params.app_id)
    previous = None if app.release_id is None else (await releases.get(tx, app.release_id)).ref
    deployment = Deployment(
        id=params.deployment_id,
        app_id=app.id,
        operation_id=operation.id,
        release_id=params.release_id,
        ref=params.ref,
        previous_ref=previous,
        source_url=params.origin.source_url,
        pusher_id=by.account_id,
        pusher=by.name,
        pusher_email=(await accounts.get(tx, by.account_id)).email,
        status=None,
        image_size=0,
        created_at=operation.created_at,
        finished_at=None,
    )
    await deployments.insert(tx, deployment)
    await apps.attempted(tx, app.id, by.name, operation.created_at)
    return deployment


# -- the steps -----------------------------------------------------------------------------------------------


async def take_source(run: Run[Deploy, World]) -> None:
    """The archive is ours, whatever becomes of the place where it was."""
    it = run.params
    await source.take(run.world, it.app_id, it.deployment_id, it.origin)


async def leave_source(run: Run[Deploy, World]) -> None:
    """Nothing is left of the archive and of the build."""
    source.leave(run.world, run.params.deployment_id)
    await run.world.builder.discard(ids.show(run.operation.id))


async def build(run: Run[Deploy, World]) -> dict[str, Any]:
    """The slug is there; it is kept, addressed by its content, even if the deployment turns back."""
    world, params = run.world, run.params
    wanted = await _source(world, params, ids.show(run.operation.id))
    app = await running.app_of(world, params.app_id)
    given = await adopt.adopt(world, app, wanted, run.operation, run.say)
    slug = await world.builder.build(await _source(world, params, wanted.build_id), run.say)
    made = {"digest": slug.digest, "size": slug.size_bytes, "processes": dict(slug.processes)}
    made["cron"] = msgspec.to_builtins(slug.cron)
    notes = {"slug": made, "manifest": msgspec.to_builtins(given), "report": dict(slug.report)}
    return {name: it for name, it in notes.items() if it}


async def _source(world: World, params: Deploy, build_id: str) -> Source:
    """What is to be built, with the variables of this moment."""
    app = await running.app_of(world, params.app_id)
    known = await world.database.read(lambda tx: variables.of_app(tx, params.app_id))
    return Source(
        archive=source.archive_of(world, params.deployment_id),
        app_id=ids.show(app.id),
        app=app.name,
        ref=params.ref,
        environment=resolved({it.name: it.value for it in known}),
        build_id=build_id,
        secrets=secrets_of(known),
        stack=app.stack,
    )


async def make_release(run: Run[Deploy, World]) -> dict[str, Any]:
    """The release is kept, though it does not serve yet; which containers will is decided.

    It takes the variables of this moment, and they stay out of the notes: notes are told to whoever follows.
    """
    world, params = run.world, run.params
    await leave_source(run)
    release = await world.database.write(lambda tx: _kept(run, tx))
    given = adopt.adopted(run.notes).formation
    merged = formation.merged(params.formation, release.processes, params.app_id, world.ids)
    wanted = shaped(merged, given)
    for name in given.keys() - release.processes.keys():
        run.say(f" !     Warning: the manifest scales {name}, which is not in the Procfile")
    for kind in merged:
        if kind.name not in release.processes and kind.amount:
            run.say(f" !     {kind.name} is not in the Procfile any more: its containers are stopped")
    runnable = formation.runnable(wanted, release.processes)
    after = formation.arranged(runnable, [], release.id, world.ids, world.clock.now())
    return {"plan": msgspec.to_builtins(Plan(formation=wanted, after=after))}


async def _kept(run: Run[Deploy, World], tx: Tx) -> Release:
    params, slug = run.params, run.notes["slug"]
    release = Release(
        id=params.release_id,
        app_id=params.app_id,
        version=0,
        digest=slug["digest"],
        processes=slug["processes"],
        variables={it.name: it.value for it in await variables.of_app(tx, params.app_id)},
        ref=params.ref,
        created_at=run.world.clock.now(),
        # An operation that a program before cron had begun has none in its notes.
        cron=msgspec.convert(slug.get("cron", ()), tuple[CronLine, ...]),
    )
    await releases.keep(tx, release)
    return release


async def unmake_release(run: Run[Deploy, World]) -> None:
    """The release is forgotten."""
    await run.world.database.write(lambda tx: releases.delete(tx, run.params.release_id))


def _plan(run: Run[Deploy, World]) -> Plan:
    return msgspec.convert(run.notes["plan"], Plan)


def _swap(run: Run[Deploy, World]) -> Swap:
    after = _plan(run).after if "plan" in run.notes else []
    return Swap(app_id=run.params.app_id, before=run.params.before, after=after)


async def record(run: Run[Deploy, World], tx: Tx) -> None:
    """The new release serves."""
    params, plan, now = run.params, _plan(run), run.world.clock.now()
    await containers.keep_types(tx, plan.formation)
    await containers.replace(tx, params.app_id, plan.after)
    await apps.released(tx, params.app_id, params.release_id, now)
    await put_in_force(run.world, tx, await releases.get(tx, params.release_id))
    await apps.deployed(tx, params.app_id, params.deployment_id)
    await deployments.end(tx, params.deployment_id, SUCCESS, now, run.notes["slug"]["size"])
    await releases.trim(tx, params.app_id, params.release_id, run.world.config.releases_kept)
    _say(run, tx, now, "app.deployed", status=SUCCESS)


async def record_failure(run: Run[Deploy, World], tx: Tx, detail: Detail) -> None:
    """The deployment says how it ended; nothing else has changed."""
    now, why = run.world.clock.now(), run.operation.detail or detail
    status = failed_as(why.code, built="slug" in run.notes)
    await deployments.end(tx, run.params.deployment_id, status, now)
    _say(run, tx, now, "app.deployment_failed", status=status, text=detail.text)


def failed_as(code: str, *, built: bool) -> str:
    """What is said of a deployment whose operation ended with this code, before its slug was built or after.

    What went wrong before is the build's fault. Afterwards it is the app's where it crashed or did not listen in
    time; anything else is the platform's own trouble, and the deployment was given up.
    """
    if code == CODE:
        return "aborted"
    if not built:
        return "build-error"
    return code if code in FAILURES else "aborted"


def _say(run: Run[Deploy, World], tx: Tx, at: int, name: str, **data: str | int) -> None:
    by, it = Actor(account_id=run.operation.account_id), run.operation
    took = {"seconds": (at - it.created_at) // SECOND}
    data = {"deployment": ids.show(run.params.deployment_id), "ref": run.params.ref, **took, **data}
    tx.append(NewEvent(at=at, name=name, operation=it.id, target=it.target, by=by, data=data))


async def run_hook(run: Run[Deploy, World]) -> None:
    """Its postdeploy has run, once, and well; nothing where it has none."""
    it = run.params
    name, command = adopt.adopted(run.notes).hook(run.notes["slug"]["processes"])
    wanted = hook.Hook(it.hook_id, it.app_id, it.release_id, run.operation, name, command)
    await hook.run(run.world, wanted, run.say)


async def end_hook(run: Run[Deploy, World]) -> None:
    """Nothing of its postdeploy runs. What it has done stays done."""
    await hook.end(run.world, run.params.hook_id)


async def move_branch(run: Run[Deploy, World]) -> None:
    """The branch that was pushed is at the commit that serves."""
    it = run.params.origin
    if it.commit:
        await keep.move(run.world, run.params.app_id, it.branch, it.commit)


async def move_branch_back(run: Run[Deploy, World]) -> None:
    """The branch is where it was."""
    it = run.params.origin
    if it.commit:
        await keep.move(run.world, run.params.app_id, it.branch, it.before)


async def again(world: World, params: Deploy, by: Actor, key: str) -> Operation:
    """The same commit, URL or, as long as it is kept, archive."""
    app, it = await running.app_of(world, params.app_id), params.origin
    if not it.commit:
        return (await deploy(world, app, it.source_url, params.ref, by, key=key))[1]
    here = await keep.at(world, app.id, it.branch)
    return (await push(world, app, msgspec.structs.replace(it, before=here), by, key=key))[1]


async def inverse(world: World, params: Deploy, by: Actor, key: str) -> Operation:
    """Back to the release that served before, as long as it is kept."""
    if params.release_before is None:
        raise Conflict("nothing was deployed before this")
    before = params.release_before
    version = (await world.database.read(lambda tx: releases.get(tx, before))).version
    return await rollback(world, await running.app_of(world, params.app_id), version, by, key)


_swapping = Swapping[Deploy](_swap)

DEPLOY: OperationType[Deploy, World] = OperationType(
    name="deployment.deploy",
    params=Deploy,
    target=lambda params: f"app:{params.app_id}",
    steps=(
        Step(title="take the source", do=take_source, undo=leave_source, seconds_max=SOURCE_SECONDS_MAX),
        Step(title="build", do=build, weight=10, seconds_max=BUILD_SECONDS_MAX),
        Step(title="make the release", do=make_release, undo=unmake_release),
        _swapping.start("start the new containers"),
        Step(
            title="run postdeploy",
            do=run_hook,
            undo=end_hook,
            seconds_max=hook.SECONDS_MAX,
            again=hook.PATIENT,
        ),
        _swapping.route("send them traffic"),
        _swapping.stop("stop the old containers"),
        Step(title="move the branch", do=move_branch, undo=move_branch_back),
    ),
    record=record,
    record_failure=record_failure,
    summary=lambda params: f"deploy {params.ref}",
    again=again,
    inverse=inverse,
)
