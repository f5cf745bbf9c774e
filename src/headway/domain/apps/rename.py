"""Rename an app: its address changes with it, and the old one leads nowhere from then on.

Requests that are under way are finished; containers keep the environment that they were started with.
"""

import msgspec

from headway.domain.access import permitted
from headway.domain.containers import running
from headway.domain.world import World
from headway.engine.declare import OperationType, Run, Step
from headway.engine.submit import key_of
from headway.errors import Invalid
from headway.model.apps import App, checked_current_name, checked_name
from headway.model.operations import Actor, NewEvent, Operation
from headway.store import apps
from headway.store.database import Tx


class Rename(msgspec.Struct, frozen=True, kw_only=True):
    """From which name to which."""

    app_id: int
    before: str
    after: str


async def rename(world: World, app: App, name: str, by: Actor, *, current: str, key: str = "") -> Operation:
    """Begin to rename the app, which is called `current`, to `name`.

    Invalid where it is not, or where the new name breaks the rule or is taken.
    """
    checked_name(name, world.config.app_name_length_max)
    sent = key_of(by, key, RENAME.name, app.id, current, name)

    async def body(tx: Tx) -> Operation:
        fresh = await permitted(tx, app.id, by, RENAME.name)
        if (earlier := await world.desk.earlier(tx, sent)) is not None:
            return earlier
        checked_current_name(fresh, current)
        if await apps.by_name(tx, name) is not None:
            raise Invalid(name="has already been taken")
        params = Rename(app_id=app.id, before=fresh.name, after=name)
        return await world.desk.submit(tx, RENAME, params, by=by, key=sent)

    return await world.database.write(body)


async def lead_to(run: Run[Rename, World]) -> None:
    """The new address leads to the app, and the old one no more."""
    await _route(run, run.params.after)


async def lead_back(run: Run[Rename, World]) -> None:
    """The old address leads to the app, and the new one no more."""
    await _route(run, run.params.before)


async def _route(run: Run[Rename, World], name: str) -> None:
    app = await running.app_of(run.world, run.params.app_id)
    await running.reroute(run.world, msgspec.structs.replace(app, name=name))


async def record(run: Run[Rename, World], tx: Tx) -> None:
    """The app is called so. Invalid where somebody has taken the name meanwhile."""
    params, it, now = run.params, run.operation, run.world.clock.now()
    await apps.rename(tx, params.app_id, params.after, now)
    by = Actor(account_id=it.account_id)
    data = {"before": params.before, "after": params.after}
    tx.append(NewEvent(at=now, name="app.renamed", operation=it.id, target=it.target, by=by, data=data))


async def again(world: World, params: Rename, by: Actor, key: str) -> Operation:
    """To the same name, from whichever it has now."""
    app = await running.app_of(world, params.app_id)
    return await rename(world, app, params.after, by, current=app.name, key=key)


async def inverse(world: World, params: Rename, by: Actor, key: str) -> Operation:
    """Back to the name before."""
    app = await running.app_of(world, params.app_id)
    return await rename(world, app, params.before, by, current=params.after, key=key)


RENAME: OperationType[Rename, World] = OperationType(
    name="app.rename",
    params=Rename,
    target=lambda params: f"app:{params.app_id}",
    steps=(Step(title="lead the new address to the app", do=lead_to, undo=lead_back),),
    record=record,
    summary=lambda params: f"rename {params.before} to {params.after}",
    again=again,
    inverse=inverse,
)
