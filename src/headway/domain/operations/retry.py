"""Ask for the same again, or for what brings back the state before: a new operation, linked to the old one.

Both are asked as anybody would ask them now: the same checks, the same refusals, of things as they are now.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import msgspec

from headway.domain.access import permitted_on
from headway.domain.catalog import CATALOG
from headway.domain.world import Office
from headway.engine.declare import OperationType, P
from headway.engine.submit import Desk, Key, key_of
from headway.errors import Conflict, NotFound
from headway.ids import show
from headway.model.operations import Actor, Operation, Phase
from headway.store import operations
from headway.store.database import Database, Tx

Catalog = Mapping[str, OperationType[Any, Any]]


async def retry(
    office: Office, id: int, by: Actor, key: str = "", *, catalog: Catalog = CATALOG
) -> Operation:
    """Begin the same as a new operation. NotFound; Conflict for one that has not failed and was not cancelled."""
    before, type = await _known(office, id, by, catalog)
    if before.phase not in {Phase.FAILED, Phase.CANCELLED}:
        raise Conflict("only what has failed or was cancelled can be tried again")
    linking = _linking(office, before, "retry")
    params = msgspec.json.decode(before.params, type=type.params)
    if type.again is not None:
        return await type.again(linking, params, by, key)
    if not type.same_again:
        raise Conflict(f"{type.name} cannot be tried again as it is: ask for it anew")
    sent = key_of(by, key, "operation.retry", before.id)

    async def body(tx: Tx) -> Operation:
        if (earlier := await office.desk.earlier(tx, sent)) is not None:
            return earlier
        return await linking.desk.submit(tx, type, params, by=by, key=sent)

    return await office.database.write(body)


async def undo(office: Office, id: int, by: Actor, key: str = "", *, catalog: Catalog = CATALOG) -> Operation:
    """Begin what brings back the state before it. NotFound; Conflict where nothing does, or it has not succeeded."""
    before, type = await _known(office, id, by, catalog)
    if type.inverse is None:
        raise Conflict(f"nothing undoes {type.name}")
    if before.phase is not Phase.SUCCEEDED:
        raise Conflict("only what has succeeded can be undone")
    params = msgspec.json.decode(before.params, type=type.params)
    return await type.inverse(_linking(office, before, "undo"), params, by, key)


async def _known(
    office: Office, id: int, by: Actor, catalog: Catalog
) -> tuple[Operation, OperationType[Any, Any]]:
    async def body(tx: Tx) -> Operation:
        operation = await operations.get(tx, id)
        if operation is None:
            raise NotFound("operation", show(id))
        await permitted_on(tx, operation, by, "operation.retry")
        return operation

    before = await office.database.read(body)
    if before.type not in catalog:
        raise Conflict(f"what {before.type} is, is not known here")
    return before, catalog[before.type]


def _linking(office: Office, parent: Operation, kind: str) -> Office:
    return dataclasses.replace(office, desk=_Linking(office.desk, parent.id, kind))


class _Linking(Desk):
    """A desk that remembers, in the same transaction, what each operation was begun because of."""

    def __init__(self, desk: Desk, parent: int, kind: str) -> None:
        self._desk = desk
        self._parent = parent
        self._kind = kind

    def call(self) -> None:
        self._desk.call()

    async def earlier(self, tx: Tx, key: Key | None) -> Operation | None:
        return await self._desk.earlier(tx, key)

    async def submit(
        self, tx: Tx, type: OperationType[P, Any], params: P, *, by: Actor, key: Key | None = None
    ) -> Operation:
        operation = await self._desk.submit(tx, type, params, by=by, key=key)
        await operations.link(tx, self._parent, operation.id, self._kind)
        return operation

    async def accept(
        self, database: Database, type: OperationType[P, Any], params: P, *, by: Actor
    ) -> Operation:
        return await database.write(lambda tx: self.submit(tx, type, params, by=by))
