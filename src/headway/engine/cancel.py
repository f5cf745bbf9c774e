"""Asks an operation to turn back.

One that nobody has begun is cancelled at once. One that runs is asked: its present step is stopped where it may
be, what was done is undone, and only when nothing of it runs any more it says `cancelled`. It may also succeed
first. Asking twice is asking once.
"""

from headway.clock import Clock
from headway.errors import Conflict, NotFound
from headway.ids import show
from headway.model.operations import Actor, Detail, Operation
from headway.store import operations
from headway.store.database import Tx

CODE = "cancelled"


async def cancel(tx: Tx, id: int, *, by: Actor, reason: str, clock: Clock) -> Operation:
    """Ask; the operation as it is then. NotFound, or Conflict where it has already ended otherwise."""
    operation = await operations.get(tx, id)
    if operation is None:
        raise NotFound("operation", show(id))
    if operation.phase.terminal:
        if operation.detail is not None and operation.detail.code == CODE:
            return operation
        raise Conflict("the operation has already ended")
    now = clock.now()
    if await operations.request_cancel(tx, operation, by, reason, now):
        await operations.cancel_unstarted(tx, operation, detail(reason), now)
    after = await operations.get(tx, id)
    assert after is not None
    return after


def detail(reason: str) -> Detail:
    """What a cancelled operation says of itself."""
    return Detail(code=CODE, text=f"operation cancelled: {reason}" if reason else "operation cancelled")
