"""Delete an app: nothing of it is served, runs, or is kept. Its operations and events stay, for the audit."""

import msgspec

from headway.domain.access import permitted
from headway.domain.containers import running
from headway.domain.one_offs.stop import end_all
from headway.domain.repositories import keep
from headway.domain.world import World
from headway.engine.declare import OperationType, Run, Step
from headway.engine.submit import key_of
from headway.ids import show
from headway.model.apps import App, Container, checked_current_name
from headway.model.operations import Actor, NewEvent, Operation
from headway.store import apps, containers
from headway.store.database import Tx

STOP_SECONDS_MAX = 3600


class Delete(msgspec.Struct, frozen=True, kw_only=True):
    """Which app, and what runs of it."""

    app_id: int
    name: str
    before: list[Container]


async def delete(world: World, app: App, current: str, by: Actor, key: str = "") -> Operation:
    """Begin to delete the app, which is called `current`; Invalid where it is not."""
    sent = key_of(by, key, DELETE.name, app.id, current)

    async def body(tx: Tx) -> Operation:
        if (earlier := await world.desk.earlier(tx, sent)) is not None:
            return earlier
        fresh = await permitted(tx, app.id, by, DELETE.name)
        checked_current_name(fresh, current)
        before = await containers.of_app(tx, app.id)
        params = Delete(app_id=app.id, name=fresh.name, before=before)
        return await world.desk.submit(tx, DELETE, params, by=by, key=sent)

    return await world.database.write(body)


async def unroute(run: Run[Delete, World]) -> None:
    """Its address leads nowhere."""
    await run.world.router.drop(show(run.params.app_id))


async def route_again(run: Run[Delete, World]) -> None:
    """Its address leads to it."""
    await running.reroute(run.world, await running.app_of(run.world, run.params.app_id))


async def stop(run: Run[Delete, World]) -> None:
    """Nothing of it runs, and none of its one-offs begins any more."""
    await end_all(run.world, run.params.app_id)
    await running.stop(run.world, run.params.before)


async def start_again(run: Run[Delete, World]) -> None:
    """What ran of it runs."""
    await running.start(run.world, run.params.app_id, run.params.before)


async def forget(run: Run[Delete, World]) -> None:
    """Its log, its repository and what its builds have kept are gone."""
    await keep.forget(run.world, run.params.app_id)
    await run.world.builder.forget_cache(show(run.params.app_id))
    run.world.logbook.forget(show(run.params.app_id))


async def record(run: Run[Delete, World], tx: Tx) -> None:
    """Its name is free, and its children have no parent."""
    params, it, now = run.params, run.operation, run.world.clock.now()
    owner_id = (await apps.get(tx, params.app_id)).owner_id
    await apps.delete(tx, params.app_id)
    by, data = Actor(account_id=it.account_id), {"app": show(params.app_id), "name": params.name}
    tx.after_commit(lambda: run.world.sites.later(params.app_id))
    # Nobody can ask the app any more what became of it.
    target = f"account:{owner_id}"
    tx.append(NewEvent(at=now, name="app.deleted", operation=it.id, target=target, by=by, data=data))


async def again(world: World, params: Delete, by: Actor, key: str) -> Operation:
    """The same app, whatever it is called now."""
    app = await running.app_of(world, params.app_id)
    return await delete(world, app, app.name, by, key)


DELETE: OperationType[Delete, World] = OperationType(
    name="app.delete",
    params=Delete,
    target=lambda params: f"app:{params.app_id}",
    steps=(
        Step(title="take it from the router", do=unroute, undo=route_again),
        Step(title="stop its containers", do=stop, undo=start_again, weight=6, seconds_max=STOP_SECONDS_MAX),
        Step(title="forget its log, repository and builds", do=forget, interruptible=False),
    ),
    record=record,
    summary=lambda params: f"delete {params.name}",
    again=again,
)
