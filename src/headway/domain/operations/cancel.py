"""Ask an operation to turn back, whatever it does."""

from headway.domain.world import World
from headway.engine.cancel import cancel as ask_to_cancel
from headway.errors import Invalid, NotFound
from headway.ids import show
from headway.model.operations import Actor, Operation
from headway.store import operations
from headway.store.database import Tx

REASON_LENGTH_MAX = 500


async def cancel(world: World, id: int, reason: str, *, by: Actor) -> Operation:
    """Ask; the operation as it is then.

    NotFound where somebody else began it, Conflict where it has ended otherwise. It says `cancelled` only once
    nothing of it runs any more.
    """
    if len(reason) > REASON_LENGTH_MAX or "\0" in reason:
        raise Invalid(reason=f"should have at most {REASON_LENGTH_MAX} characters")

    async def body(tx: Tx) -> Operation:
        operation = await operations.get(tx, id)
        if operation is None or operation.account_id != by.account_id:
            raise NotFound("operation", show(id))
        return await ask_to_cancel(tx, id, by=by, reason=reason, clock=world.clock)

    return await world.database.write(body)
