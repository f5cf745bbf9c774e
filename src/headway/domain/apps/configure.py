"""Change the settings of an app: what the router does with its requests, and which stack it is built on."""

import msgspec

from headway.domain.access import permitted
from headway.domain.containers import running
from headway.domain.world import World
from headway.engine.declare import OperationType, Run, Step
from headway.engine.submit import key_of
from headway.errors import NotFound
from headway.ids import show
from headway.model.apps import App, Settings
from headway.model.operations import Actor, NewEvent, Operation
from headway.model.stacks import STACKS
from headway.store import apps
from headway.store.database import Tx


class Configure(msgspec.Struct, frozen=True, kw_only=True):
    """All settings, as they were and as they will be."""

    app_id: int
    before: Settings
    after: Settings


async def configure(
    world: World, app: App, changes: dict[str, object], by: Actor, key: str = ""
) -> Operation:
    """Begin to change what `changes` names, by the fields of `Settings`. NotFound for an unknown stack."""
    if (stack := changes.get("stack")) is not None and stack not in STACKS:
        raise NotFound("stack", str(stack))
    sent = key_of(by, key, CONFIGURE.name, app.id, changes)

    async def body(tx: Tx) -> Operation:
        fresh = await permitted(tx, app.id, by, CONFIGURE.name)
        if (earlier := await world.desk.earlier(tx, sent)) is not None:
            return earlier
        after = msgspec.structs.replace(fresh.settings, **changes)
        params = Configure(app_id=app.id, before=fresh.settings, after=after)
        return await world.desk.submit(tx, CONFIGURE, params, by=by, key=sent)

    return await world.database.write(body)


async def forget_builds(run: Run[Configure, World]) -> None:
    """What builds have kept is of no use on another stack."""
    if run.params.after.stack != run.params.before.stack:
        await run.world.builder.forget_cache(show(run.params.app_id))


async def apply(run: Run[Configure, World]) -> None:
    """The router does as the new settings say."""
    await _route(run, run.params.after)


async def unapply(run: Run[Configure, World]) -> None:
    """The router does as the old settings say."""
    await _route(run, run.params.before)


async def _route(run: Run[Configure, World], settings: Settings) -> None:
    app = await running.app_of(run.world, run.params.app_id)
    await running.reroute(run.world, app.with_settings(settings))


async def record(run: Run[Configure, World], tx: Tx) -> None:
    """The settings are kept."""
    params, it, now = run.params, run.operation, run.world.clock.now()
    await apps.configure(tx, params.app_id, params.after, now)
    by = Actor(account_id=it.account_id)
    data = _changes(params.before, params.after)
    tx.append(NewEvent(at=now, name="app.configured", operation=it.id, target=it.target, by=by, data=data))


async def again(world: World, params: Configure, by: Actor, key: str) -> Operation:
    """The same changes."""
    app = await running.app_of(world, params.app_id)
    return await configure(world, app, _changes(params.before, params.after), by, key)


async def inverse(world: World, params: Configure, by: Actor, key: str) -> Operation:
    """What was changed is as it was."""
    app = await running.app_of(world, params.app_id)
    return await configure(world, app, _changes(params.after, params.before), by, key)


def _changes(before: Settings, after: Settings) -> dict[str, object]:
    old = msgspec.structs.asdict(before)
    return {name: value for name, value in msgspec.structs.asdict(after).items() if value != old[name]}


CONFIGURE: OperationType[Configure, World] = OperationType(
    name="app.configure",
    params=Configure,
    target=lambda params: f"app:{params.app_id}",
    steps=(
        Step(title="forget what builds have kept", do=forget_builds),
        Step(title="tell the router", do=apply, undo=unapply),
    ),
    record=record,
    summary=lambda _: "change settings",
    again=again,
    inverse=inverse,
)
