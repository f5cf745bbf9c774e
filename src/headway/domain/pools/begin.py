"""Begin an operation of the pools service: durable, and known under the id that its asker may have brought."""

from typing import Any

from headway.domain.world import World
from headway.engine.declare import OperationType, P
from headway.ids import show
from headway.model.fields import Unfit
from headway.model.operations import Actor, Operation
from headway.model.pool_operations import PoolOperation
from headway.store import operations, pool_operations
from headway.store.database import Tx


async def refuse_taken(tx: Tx, by: Actor, shown: str) -> None:
    """Unfit where the asker has an operation of that id, whatever it does."""
    if shown and await pool_operations.taken(tx, by.account_id, shown):
        raise Unfit("operation-already-exists", "there is an operation with this id already")


async def begin(
    world: World, tx: Tx, type: OperationType[P, Any], params: P, *, by: Actor, shown: str = ""
) -> PoolOperation:
    """The operation, accepted. Busy where another one holds the target; Unfit where the id is taken."""
    await refuse_taken(tx, by, shown)
    operation = await world.desk.submit(tx, type, params, by=by)
    known = PoolOperation(operation, shown or show(operation.id))
    await pool_operations.insert(tx, operation, known.shown)
    return known


async def same_in_flight(tx: Tx, type: OperationType[P, Any], params: P) -> PoolOperation | None:
    """One that does just this at the moment: who asks twice, as when an answer was lost, is told of the first."""
    holder = await operations.holder(tx, type.target(params))
    if holder is None or not _is(holder, type):
        return None
    shown = await pool_operations.shown_as(tx, holder)
    return None if shown is None else PoolOperation(holder, shown)


def _is(operation: Operation, type: OperationType[Any, Any]) -> bool:
    return operation.type == type.name
