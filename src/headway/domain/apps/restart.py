"""Restart an app, or some of its containers: each is replaced by a new one with the same label.

The new ones run the same slug with the variables of now, and serve before the old ones stop. Read RESTART, near
the end, first.
"""

import msgspec

from headway.domain.access import permitted
from headway.domain.containers import formation, release, running
from headway.domain.containers.swap import Swap, Swapping
from headway.domain.world import World
from headway.engine.declare import OperationType, Run
from headway.engine.submit import key_of
from headway.errors import Conflict, NotFound
from headway.model.apps import App, Container
from headway.model.operations import Actor, Detail, NewEvent, Operation
from headway.store import apps, containers
from headway.store.database import Tx


class Restart(msgspec.Struct, frozen=True, kw_only=True):
    """Which containers are replaced by which."""

    app_id: int
    scope: list[str]
    release_id: int
    before: list[Container]
    after: list[Container]

    @property
    def swap(self) -> Swap:
        """Which containers come and go."""
        return Swap(app_id=self.app_id, before=self.before, after=self.after)


async def restart(world: World, app: App, scope: list[str], by: Actor, key: str = "") -> Operation:
    """Begin to restart what `scope` names: types or labels; everything if it is empty.

    NotFound where the scope names nothing, Conflict for an app without containers, Busy while anything else
    changes the app.
    """
    sent = key_of(by, key, RESTART.name, app.id, scope)

    async def body(tx: Tx) -> Operation:
        await permitted(tx, app.id, by, RESTART.name)
        if (earlier := await world.desk.earlier(tx, sent)) is not None:
            return earlier
        params = await _planned(world, tx, app, scope)
        return await world.desk.submit(tx, RESTART, params, by=by, key=sent)

    return await world.database.write(body)


async def _planned(world: World, tx: Tx, app: App, scope: list[str]) -> Restart:
    before = await containers.of_app(tx, app.id)
    serving = await release.current(world, tx, await apps.get(tx, app.id))
    if serving is None or not before:
        raise Conflict("the app has no containers to restart")
    known = {it.type for it in before} | {it.label for it in before}
    known |= {kind.name for kind in await containers.types(tx, app.id)}
    for name in scope:
        if name not in known:
            raise NotFound("container_type", name)
    after = formation.renewed(before, set(scope), serving.id, world.ids, world.clock.now())
    return Restart(app_id=app.id, scope=scope, release_id=serving.id, before=before, after=after)


async def record(run: Run[Restart, World], tx: Tx) -> None:
    """The new containers are the app's."""
    params, now = run.params, run.world.clock.now()
    await containers.replace(tx, params.app_id, params.after)
    await apps.released(tx, params.app_id, params.release_id, now)
    by, it = Actor(account_id=run.operation.account_id), run.operation
    data = {"scope": params.scope}
    tx.append(NewEvent(at=now, name="app.restarted", operation=it.id, target=it.target, by=by, data=data))


async def record_failure(run: Run[Restart, World], tx: Tx, _detail: Detail) -> None:
    """A release that was made for what did not come is forgotten."""
    await release.forget_unused(tx, run.params.app_id, run.params.release_id)


async def again(world: World, params: Restart, by: Actor, key: str) -> Operation:
    """The same scope, of the app as it is now."""
    return await restart(world, await running.app_of(world, params.app_id), params.scope, by, key)


_swapping = Swapping[Restart](lambda run: run.params.swap)

RESTART: OperationType[Restart, World] = OperationType(
    name="app.restart",
    params=Restart,
    target=lambda params: f"app:{params.app_id}",
    steps=(
        _swapping.start("start the new containers"),
        _swapping.route("send them traffic"),
        _swapping.stop("stop the old containers"),
    ),
    record=record,
    record_failure=record_failure,
    summary=lambda params: f"restart {', '.join(params.scope) or 'every container'}",
    again=again,
)
