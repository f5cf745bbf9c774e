"""From a wish to a durable operation, in the caller's transaction.

When that transaction is on disk the operation is accepted, and not before. Where this node has room the
operation begins in the same breath, owned by it; otherwise it is queued, and the first node with room takes it.
"""

import hashlib
from typing import Any, Protocol

import msgspec

from headway.clock import Clock
from headway.engine.declare import OperationType, P
from headway.errors import Busy, Conflict, KeyReused, Unavailable
from headway.ids import Ids
from headway.model.operations import Actor, Operation, Phase
from headway.store import keys, operations
from headway.store.database import Database, Tx

WAITING_MAX = 10_000
RETRY_SECONDS = 5
"""After how long an asker may come again who came when too many were waiting."""


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """An idempotency key: with the same request it means the first operation again."""

    scope: str
    value: str
    fingerprint: str


def key_of(by: Actor, value: str, verb: str, *asked: Any) -> Key | None:
    """The key that an asker sent for a request, or None where none was sent."""
    if not value:
        return None
    request = msgspec.json.encode((verb, asked))
    fingerprint = hashlib.sha256(request).hexdigest()
    return Key(scope=str(by.account_id), value=value, fingerprint=fingerprint)


class Seat(msgspec.Struct, frozen=True):
    """Room for one more operation at a node, as long as this epoch of it lasts, and until `until` by its clock.

    `until` is in seconds of the node's monotonic clock. Whose answer comes later than that is found by a look.
    """

    node: int
    epoch: int
    until: float


class Host(Protocol):
    """Who may begin an operation at once."""

    def room(self) -> Seat | None:
        """Where one more operation can begin now."""
        ...

    def begin(self, operation: Operation, seat: Seat) -> None:
        """Perform an operation that was accepted with this seat, unless the seat is over by now."""
        ...

    def look(self) -> None:
        """There may be queued operations, or wishes to cancel."""
        ...


class Desk:
    """Where operations are accepted: as many as `waiting_max` may wait to be begun, on whichever node."""

    def __init__(self, ids: Ids, clock: Clock, host: Host, *, waiting_max: int = WAITING_MAX) -> None:
        self._ids = ids
        self._clock = clock
        self._host = host
        self._waiting_max = waiting_max

    def call(self) -> None:
        """Somebody wants something of an operation: whoever performs it here is to look at once."""
        self._host.look()

    async def earlier(self, tx: Tx, key: Key | None) -> Operation | None:
        """The operation that this request began before, if its key says so. KeyReused for another request."""
        if key is None:
            return None
        found = await keys.get(tx, key.scope, key.value)
        if found is None:
            return None
        fingerprint, id = found
        if fingerprint != key.fingerprint:
            raise KeyReused("this idempotency key was used before, for a different request")
        return await operations.get(tx, id)

    async def submit(
        self, tx: Tx, type: OperationType[P, Any], params: P, *, by: Actor, key: Key | None = None
    ) -> Operation:
        """Accept an operation. Busy, with its holder, where its target is held; Unavailable where too many wait."""
        seat = self._host.room()
        if seat is None and await operations.more_wait(tx, self._waiting_max):
            raise Unavailable("too many operations are waiting to be begun", RETRY_SECONDS)
        operation = self._new(type, params, by, seat)
        if not await operations.carry_out(tx, operations.accepted(operation, by)):
            await self._refuse(tx, operation.target)
        if key is not None:
            at = operation.created_at
            await keys.insert(tx, key.scope, key.value, key.fingerprint, operation=operation.id, at=at)
        tx.after_commit(lambda: self._accepted(operation, seat))
        return operation

    async def accept(
        self, database: Database, type: OperationType[P, Any], params: P, *, by: Actor
    ) -> Operation:
        """Accept an operation in a transaction of its own, where nothing else is to be checked or written.

        Costs a fraction of `submit` in a body of its own: many that are accepted at once share a statement, and
        none waits for bodies. Busy and Unavailable as there.
        """
        seat = self._host.room()
        if seat is None:
            return await database.write(lambda tx: self.submit(tx, type, params, by=by))
        operation = self._new(type, params, by, seat)
        if await database.journal(operations.accepted(operation, by)) is None:
            return await database.write(lambda tx: self.submit(tx, type, params, by=by))
        self._accepted(operation, seat)
        return operation

    def _accepted(self, operation: Operation, seat: Seat | None) -> None:
        if seat is None:
            self._host.look()
        else:
            self._host.begin(operation, seat)

    def _new(self, type: OperationType[P, Any], params: P, by: Actor, seat: Seat | None) -> Operation:
        now = self._clock.now()
        return Operation(
            id=self._ids.next(),
            type=type.name,
            target=type.target(params),
            exclusive=type.exclusive,
            phase=Phase.QUEUED if seat is None else Phase.RUNNING,
            params=msgspec.json.encode(params).decode(),
            account_id=by.account_id,
            owner=None if seat is None else seat.node,
            fence=0 if seat is None else 1,
            step=0,
            turning_back=False,
            attempt=1,
            progress=0,
            cancel_requested_at=None,
            cancel_reason="",
            detail=None,
            created_at=now,
            started_at=None if seat is None else now,
            updated_at=now,
            finished_at=None,
        )

    async def _refuse(self, tx: Tx, target: str) -> None:
        holder = await operations.holder(tx, target)
        if holder is None:
            raise Conflict("another operation was in progress, try again")
        raise Busy(target, holder.id, holder.type)
