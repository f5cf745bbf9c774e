"""Ask an operation to turn back, whatever it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from headway.domain.access import permitted_on
from headway.domain.catalog import CATALOG
from headway.domain.world import Office
from headway.engine.cancel import cancel as ask_to_cancel
from headway.engine.declare import OperationType
from headway.errors import Invalid, NotFound
from headway.ids import show
from headway.model.operations import Actor, Detail, Operation
from headway.store import operations
from headway.store.database import Tx

REASON_LENGTH_MAX = 500


async def cancel(
    office: Office,
    id: int,
    reason: str,
    *,
    by: Actor,
    catalog: Mapping[str, OperationType[Any, Any]] = CATALOG,
) -> Operation:
    """Ask; the operation as it is then.

    NotFound where somebody else began it on something that `by` may not see, Conflict where it has ended otherwise. It says `cancelled` only once
    nothing of it runs any more.
    """
    if len(reason) > REASON_LENGTH_MAX or "\0" in reason:
        raise Invalid(reason=f"should have at most {REASON_LENGTH_MAX} characters")

    async def record(tx: Tx, operation: Operation, detail: Detail) -> None:
        type = catalog.get(operation.type)
        if type is not None and type.record_failure is not None:
            params = msgspec.json.decode(operation.params, type=type.params)
            await type.record_failure(_Unbegun(office.acted_on, params, operation), tx, detail)

    async def body(tx: Tx) -> Operation:
        operation = await operations.get(tx, id)
        if operation is None:
            raise NotFound("operation", show(id))
        await permitted_on(tx, operation, by, "operation.cancel")
        tx.after_commit(office.desk.call)
        return await ask_to_cancel(tx, id, by=by, reason=reason, clock=office.clock, record=record)

    return await office.database.write(body)


@dataclass(frozen=True, slots=True)
class _Unbegun:
    """A `Run` of which nothing ever ran."""

    world: Any
    params: Any
    operation: Operation
    notes: dict[str, Any] = field(default_factory=dict[str, Any])

    def say(self, text: str) -> None:
        """Nobody performs it, so nobody speaks."""

    def progress(self, share: float) -> None:
        """Nothing of it is done."""
