"""Asks an operation to turn back.

One that nobody has begun is cancelled at once. One that runs is asked: its present step is stopped where it may
be, what was done is undone, and only when nothing of it runs any more it says `cancelled`. It may also succeed
first. Asking twice is asking once.
"""

from collections.abc import Awaitable, Callable

from headway.clock import Clock
from headway.errors import Conflict, NotFound
from headway.ids import show
from headway.model.operations import Actor, Detail, Operation, Phase
from headway.store import operations
from headway.store.database import Tx

CODE = "cancelled"


Record = Callable[[Tx, Operation, Detail], Awaitable[None]]
"""What a type writes of an operation that ends without success: its `record_failure`."""


async def cancel(
    tx: Tx, id: int, *, by: Actor, reason: str, clock: Clock, record: Record | None = None
) -> Operation:
    """Ask; the operation as it is then. NotFound, or Conflict where it has already ended otherwise.

    `record` is called for one that nobody has begun, before it ends.
    """
    operation = await operations.get(tx, id)
    if operation is None:
        raise NotFound("operation", show(id))
    if operation.phase.terminal:
        if operation.detail is not None and operation.detail.code == CODE:
            return operation
        raise Conflict("the operation has already ended")
    now = clock.now()
    if await operations.request_cancel(tx, operation, by, reason, now):
        await _end_unbegun(tx, id, detail(reason), now, record)
    after = await operations.get(tx, id)
    assert after is not None
    return after


async def _end_unbegun(tx: Tx, id: int, why: Detail, at: int, record: Record | None) -> None:
    """Its row has just been written in this transaction, so nobody begins it meanwhile."""
    operation = await operations.get(tx, id)
    if operation is None or operation.phase >= Phase.RUNNING:
        return
    if record is not None:
        await record(tx, operation, why)
    await operations.cancel_unstarted(tx, operation, why, at)


def detail(reason: str) -> Detail:
    """What a cancelled operation says of itself."""
    return Detail(code=CODE, text=f"operation cancelled: {reason}" if reason else "operation cancelled")
