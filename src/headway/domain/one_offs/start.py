"""Start a one-off: a command that is run once beside an app, with its release and its variables.

A detached one runs as soon as the operation has succeeded, and speaks into the app's log. Any other one waits, from
then on, for somebody to attach a terminal. Read START, near the end, first.
"""

import msgspec

from headway import ids
from headway.clock import SECOND
from headway.domain.access import permitted
from headway.domain.one_offs.end import record_end
from headway.domain.one_offs.unit import unit_of
from headway.domain.world import World
from headway.engine.declare import Again, OperationType, Run, Step
from headway.engine.submit import Key, key_of
from headway.errors import Busy, Conflict, Failure, Invalid, NotFound
from headway.model.apps import App
from headway.model.free_use import check_size
from headway.model.one_offs import FAILED, OneOff, Wish, checked_wish
from headway.model.operations import Actor, Detail, NewEvent, Operation
from headway.store import accounts, one_offs, operations, releases
from headway.store.database import Tx

_DELETE = "app.delete"
_COULD_NOT_START = 126
_DAY = 86_400 * SECOND
_SECONDS_MAX = 600


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """Which one-off; what it runs stands in its row, and what is secret of it goes from there when it ends."""

    app_id: int
    one_off_id: int
    label: str
    detached: bool


async def start(world: World, app: App, wish: Wish, by: Actor, key: str = "") -> tuple[OneOff, Operation]:
    """Begin to start a one-off; the one-off, and the operation.

    Invalid where the wish is wrong or one more is one too many, NotFound for an unknown type, Conflict for an app
    that was never deployed, Busy while it is being deleted, PaymentRequired for a size that is not free.
    """
    wanted, sent = checked_wish(wish), key_of(by, key, START.name, app.id, wish)

    async def body(tx: Tx) -> tuple[OneOff, Operation]:
        fresh = await permitted(tx, app.id, by, START.name)
        if (earlier := await world.desk.earlier(tx, sent)) is not None:
            return await one_offs.of_operation(tx, earlier.id), earlier
        return await begun(world, tx, fresh, wanted, by, key=sent)

    return await world.database.write(body)


async def begun(
    world: World, tx: Tx, app: App, wish: Wish, by: Actor, *, key: Key | None = None
) -> tuple[OneOff, Operation]:
    """The same, in the caller's transaction, of a wish that was checked; `by` may do so."""
    check_size(await accounts.get(tx, app.owner_id), wish.size, world.config.payment_url)
    planned = await _planned(world, tx, app, wish, by)
    operation = await world.desk.submit(tx, START, _params(planned), by=by, key=key)
    kept = msgspec.structs.replace(planned, operation_id=operation.id)
    await one_offs.insert(tx, kept)
    return kept, operation


async def _planned(world: World, tx: Tx, app: App, wish: Wish, by: Actor) -> OneOff:
    await _allow_one_more(world, tx, app, by)
    command, now = await _command(tx, app, wish), world.clock.now()
    await one_offs.forget(tx, app.id, now - world.config.operation_retention_days * _DAY)
    assert app.release_id is not None
    return OneOff(
        id=world.ids.next(),
        app_id=app.id,
        index=await one_offs.next_index(tx, app.id),
        account_id=by.account_id,
        operation_id=0,
        command=command,
        environment=wish.environment,
        size=wish.size,
        detached=wish.detached,
        release_id=app.release_id,
        created_at=now,
        settled_at=None,
        finished_at=None,
        exit_code=None,
        reason="",
    )


def _params(it: OneOff) -> Start:
    return Start(app_id=it.app_id, one_off_id=it.id, label=it.label, detached=it.detached)


async def _allow_one_more(world: World, tx: Tx, app: App, by: Actor) -> None:
    holder = await operations.holder(tx, f"app:{app.id}")
    if holder is not None and holder.type == _DELETE:
        raise Busy(holder.target, holder.id, holder.type)
    if app.release_id is None:
        raise Conflict("the app was never deployed: there is nothing to run a command in")
    of_app, of_account = await one_offs.counts(tx, app.id, by.account_id)
    config = world.config
    if of_app >= config.one_offs_per_app_max:
        raise Invalid(one_off=f"at most {config.one_offs_per_app_max} may run at the same time for one app")
    if of_account >= config.one_offs_per_account_max:
        most = config.one_offs_per_account_max
        raise Invalid(one_off=f"at most {most} may run at the same time for one account")


async def _command(tx: Tx, app: App, wish: Wish) -> str:
    if not wish.type:
        return wish.command
    assert app.release_id is not None
    processes = (await releases.get(tx, app.release_id)).processes
    if wish.type not in processes:
        raise NotFound("container_type", wish.type)
    return f"{processes[wish.type]} {wish.command}".rstrip()


# -- the step ------------------------------------------------------------------------------------------------


async def begin(run: Run[Start, World]) -> None:
    """It runs, or waits for its terminal. One that has ended already is not run again."""
    world, id = run.world, run.params.one_off_id
    it = await world.database.read(lambda tx: one_offs.get(tx, id))
    _refuse_ended(it)
    if it.finished_at is not None:
        return
    run.say(f"starting {it.label}" if it.detached else f"{it.label} waits for its terminal")
    try:
        unit = await unit_of(world, it)
    except NotFound as gone:
        raise Failure("app-gone", f"{it.label} has nothing to run in: {gone}") from gone
    await world.runtime.ensure(unit)
    # Whoever stops it says so before they look for it: either they find it, or it is found here that they did.
    _refuse_ended(await world.database.read(lambda tx: one_offs.get(tx, id)))


def _refuse_ended(it: OneOff) -> None:
    if it.reason:
        raise Failure("one-off-ended", f"{it.label} was ended before it began: {it.reason}")


async def take_back(run: Run[Start, World]) -> None:
    """Nothing of it runs."""
    await run.world.runtime.stop(
        ids.show(run.params.one_off_id), grace_seconds=run.world.config.stop_grace_seconds
    )


async def record(run: Run[Start, World], tx: Tx) -> None:
    """It is there."""
    now = run.world.clock.now()
    await one_offs.settle(tx, run.params.one_off_id, now)
    it = await one_offs.get(tx, run.params.one_off_id)
    _tell(tx, run.operation, it, now)


async def record_failure(run: Run[Start, World], tx: Tx, _detail: Detail) -> None:
    """It is not there, and will not be."""
    id, now = run.params.one_off_id, run.world.clock.now()
    await one_offs.because(tx, id, FAILED)
    await record_end(tx, id, _COULD_NOT_START, now)
    await one_offs.settle(tx, id, now)


def _tell(tx: Tx, operation: Operation, it: OneOff, at: int) -> None:
    data = {
        "container": ids.show(it.id),
        "label": it.label,
        "command": it.command,
        "detached": it.detached,
        "size": it.size,
    }
    by = Actor(account_id=operation.account_id)
    tx.append(
        NewEvent(
            at=at,
            name="app.one_off_started",
            operation=operation.id,
            target=operation.target,
            by=by,
            data=data,
        )
    )


async def again(_world: World, params: Start, _by: Actor, _key: str) -> Operation:
    """Conflict: what is secret of a one-off goes when it ends, so that nobody can say the same again but who knows it."""
    raise Conflict(f"of {params.label} not everything is kept that it was started with: run the command anew")


START: OperationType[Start, World] = OperationType(
    name="app.start_one_off",
    params=Start,
    target=lambda params: f"app:{params.app_id}",
    exclusive=False,
    steps=(
        Step(
            title="start the one-off",
            do=begin,
            undo=take_back,
            seconds_max=_SECONDS_MAX,
            again=Again(attempts_max=12),
        ),
    ),
    record=record,
    record_failure=record_failure,
    summary=lambda params: f"start {params.label}{' detached' if params.detached else ''}",
    again=again,
)
