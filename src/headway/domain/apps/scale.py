"""Scale an app: change how many containers of each type it runs, and how large they are.

What is added serves before what is surplus stops, so an app that scales is never without a container that
serves. Read SCALE, near the end, first.
"""

from collections import Counter

import msgspec

from headway.domain.access import permitted
from headway.domain.containers import formation, release, running
from headway.domain.containers.swap import Swap, Swapping
from headway.domain.world import World
from headway.engine.declare import OperationType, Run
from headway.engine.submit import key_of
from headway.model.apps import App, Change, Container, ContainerType, changed
from headway.model.free_use import check_formation
from headway.model.operations import Actor, Detail, NewEvent, Operation
from headway.model.versions import check_match
from headway.store import accounts, apps, containers
from headway.store.database import Tx


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked, with what was there before, so that undo needs no memory."""

    app_id: int
    formation: list[ContainerType]
    """Complete, as it will be."""
    before: list[Container]
    after: list[Container]
    release_id: int | None
    """The release of what is added; None for an app that was never deployed."""

    @property
    def swap(self) -> Swap:
        """Which containers come and go."""
        return Swap(app_id=self.app_id, before=self.before, after=self.after)


async def scale(
    world: World, app: App, changes: list[Change], by: Actor, key: str = "", *, match: str = ""
) -> tuple[list[ContainerType], Operation]:
    """Begin to scale; the complete formation as it will be, and the operation.

    NotFound for an unknown type, Invalid for a wrong amount or size, Busy while anything else changes the app,
    PaymentRequired, Stale where the formation is none of those that `match` names.
    """
    sent = key_of(by, key, SCALE.name, app.id, changes)

    async def body(tx: Tx) -> tuple[list[ContainerType], Operation]:
        await permitted(tx, app.id, by, SCALE.name)
        if (earlier := await world.desk.earlier(tx, sent)) is not None:
            return msgspec.json.decode(earlier.params, type=Scale).formation, earlier
        check_match(match, await containers.types(tx, app.id))
        params = await _planned(world, tx, app, changes)
        return params.formation, await world.desk.submit(tx, SCALE, params, by=by, key=sent)

    return await world.database.write(body)


async def _planned(world: World, tx: Tx, app: App, changes: list[Change]) -> Scale:
    known = await containers.types(tx, app.id)
    wanted = changed(known, changes, world.config.containers_per_type_max)
    before = await containers.of_app(tx, app.id)
    fresh = await apps.get(tx, app.id)
    check_formation(await accounts.get(tx, fresh.owner_id), known, wanted, world.config.payment_url)
    serving = await release.current(world, tx, fresh)
    after: list[Container] = []
    if serving is not None:
        runnable = formation.runnable(wanted, serving.processes)
        after = formation.arranged(runnable, before, serving.id, world.ids, world.clock.now())
    release_id = None if serving is None else serving.id
    return Scale(app_id=app.id, formation=wanted, before=before, after=after, release_id=release_id)


async def record(run: Run[Scale, World], tx: Tx) -> None:
    """The formation and the containers are what was asked."""
    params, now = run.params, run.world.clock.now()
    data = {"containers": _told(params.formation), "before": _told(await containers.types(tx, params.app_id))}
    await containers.keep_types(tx, params.formation)
    await containers.replace(tx, params.app_id, params.after)
    if params.release_id is not None:
        await apps.released(tx, params.app_id, params.release_id, now)
    by = Actor(account_id=run.operation.account_id)
    target = run.operation.target
    tx.append(
        NewEvent(at=now, name="app.scaled", operation=run.operation.id, target=target, by=by, data=data)
    )


def _told(types: list[ContainerType]) -> dict[str, str]:
    return {kind.name: f"{kind.amount}:{kind.size}" for kind in types}


async def record_failure(run: Run[Scale, World], tx: Tx, _detail: Detail) -> None:
    """A release that was made for what did not come is forgotten."""
    await release.forget_unused(tx, run.params.app_id, run.params.release_id)


async def again(world: World, params: Scale, by: Actor, key: str) -> Operation:
    """What was asked, of the app as it is now."""
    were = _amounts(params)
    changes = [
        Change(name=it.name, amount=it.amount, size=it.size)
        for it in params.formation
        if it.amount != were.get(it.name, 0)
    ]
    whole = [Change(name=it.name, amount=it.amount, size=it.size) for it in params.formation]
    app = await running.app_of(world, params.app_id)
    return (await scale(world, app, changes or whole, by, key))[1]


async def inverse(world: World, params: Scale, by: Actor, key: str) -> Operation:
    """As many of each type as there were."""
    were = _amounts(params)
    back = [Change(name=it.name, amount=were.get(it.name, 0)) for it in params.formation]
    return (await scale(world, await running.app_of(world, params.app_id), back, by, key))[1]


def _amounts(params: Scale) -> dict[str, int]:
    return dict(Counter(it.type for it in params.before))


_swapping = Swapping[Scale](lambda run: run.params.swap)

SCALE: OperationType[Scale, World] = OperationType(
    name="app.scale",
    params=Scale,
    target=lambda params: f"app:{params.app_id}",
    steps=(
        _swapping.start("start the added containers"),
        _swapping.route("send them traffic"),
        _swapping.stop("stop the surplus containers"),
    ),
    record=record,
    record_failure=record_failure,
    summary=lambda params: f"scale to {', '.join(f'{it.amount} {it.name}' for it in params.formation)}",
    again=again,
    inverse=inverse,
)
