"""Roll an app back to a release that it served before and that is kept: its slug, with the variables frozen with it.

The present release serves until every web container of the other one is ready, and goes on serving if anything fails
before that. A rollback runs no postdeploy and moves no branch. Read ROLLBACK, near the end, first.
"""

import msgspec

from headway import ids
from headway.domain.access import permitted
from headway.domain.containers import formation, running
from headway.domain.containers.swap import Swap, Swapping
from headway.domain.cron_tasks.put_in_force import put_in_force
from headway.domain.world import World
from headway.engine.declare import OperationType, Run
from headway.engine.submit import key_of
from headway.errors import Conflict, NotFound
from headway.model.apps import App, Container, ContainerType
from headway.model.deployments import Release
from headway.model.operations import Actor, NewEvent, Operation
from headway.store import apps, containers, releases
from headway.store.database import Tx


class Rollback(msgspec.Struct, frozen=True, kw_only=True):
    """To which release, and which containers come and go."""

    app_id: int
    release_id: int
    version: int
    version_before: int
    ref: str
    formation: list[ContainerType]
    before: list[Container]
    after: list[Container]

    @property
    def swap(self) -> Swap:
        """Which containers come and go."""
        return Swap(app_id=self.app_id, before=self.before, after=self.after)


async def rollback(world: World, app: App, version: int | None, by: Actor, key: str = "") -> Operation:
    """Begin to roll back to the release of that version; None: to the newest one before the one that serves.

    NotFound where that is not kept, Conflict where it serves already or there is none, Busy while anything else
    changes the app.
    """
    sent = key_of(by, key, ROLLBACK.name, app.id, version)

    async def body(tx: Tx) -> Operation:
        await permitted(tx, app.id, by, ROLLBACK.name)
        if (earlier := await world.desk.earlier(tx, sent)) is not None:
            return earlier
        params = await _planned(world, tx, await apps.get(tx, app.id), version)
        return await world.desk.submit(tx, ROLLBACK, params, by=by, key=sent)

    return await world.database.write(body)


async def _planned(world: World, tx: Tx, app: App, version: int | None) -> Rollback:
    wanted = await _wanted(tx, app, version)
    present = await containers.types(tx, app.id)
    types = formation.merged(present, wanted.processes, app.id, world.ids)
    runnable = formation.runnable(types, wanted.processes)
    return Rollback(
        app_id=app.id,
        release_id=wanted.id,
        version=wanted.version,
        version_before=(await releases.get(tx, app.release_id or 0)).version,
        ref=wanted.ref,
        formation=types,
        before=await containers.of_app(tx, app.id),
        after=formation.arranged(runnable, [], wanted.id, world.ids, world.clock.now()),
    )


async def _wanted(tx: Tx, app: App, version: int | None) -> Release:
    if app.release_id is None:
        raise Conflict("the app was never deployed: there is nothing to go back to")
    present = await releases.get(tx, app.release_id)
    if version == present.version:
        raise Conflict(f"release {version} serves already")
    if version is not None:
        found = await releases.by_version(tx, app.id, version)
        if found is None:
            raise NotFound("release", str(version))
        return found
    older = await releases.older(tx, app.id, present.version)
    if older is None:
        raise Conflict("no release from before the one that serves is kept")
    return older


async def record(run: Run[Rollback, World], tx: Tx) -> None:
    """The other release serves."""
    params, it, now = run.params, run.operation, run.world.clock.now()
    before = (await apps.get(tx, params.app_id)).release_id
    await containers.keep_types(tx, params.formation)
    await containers.replace(tx, params.app_id, params.after)
    await apps.released(tx, params.app_id, params.release_id, now)
    await put_in_force(run.world, tx, await releases.get(tx, params.release_id))
    data = {
        "release": ids.show(params.release_id),
        "version": params.version,
        "ref": params.ref,
        "before": None if before is None else ids.show(before),
    }
    by = Actor(account_id=it.account_id)
    tx.append(NewEvent(at=now, name="app.rolled_back", operation=it.id, target=it.target, by=by, data=data))


async def again(world: World, params: Rollback, by: Actor, key: str) -> Operation:
    """To the same release, as long as it is kept."""
    return await rollback(world, await running.app_of(world, params.app_id), params.version, by, key)


async def inverse(world: World, params: Rollback, by: Actor, key: str) -> Operation:
    """Forth to the release that served before, as long as it is kept."""
    return await rollback(world, await running.app_of(world, params.app_id), params.version_before, by, key)


_swapping = Swapping[Rollback](lambda run: run.params.swap)

ROLLBACK: OperationType[Rollback, World] = OperationType(
    name="app.rollback",
    params=Rollback,
    target=lambda params: f"app:{params.app_id}",
    steps=(
        _swapping.start("start the containers of that release"),
        _swapping.route("send them traffic"),
        _swapping.stop("stop the present containers"),
    ),
    record=record,
    again=again,
    inverse=inverse,
    summary=lambda params: f"roll back to release {params.version}, {params.ref}",
)
