"""Begin an operation of a type that the settings have brought: ours are begun by their own commands."""

from collections.abc import Mapping
from typing import Any

import msgspec

from headway.domain.catalog import CATALOG
from headway.domain.world import World
from headway.engine.declare import OperationType
from headway.engine.submit import key_of
from headway.errors import Invalid, NotFound
from headway.model.operations import Actor, Operation
from headway.store.database import Tx

TARGETS_OF_OURS = frozenset({"app", "account", "pool", "file", "project"})


async def begin(
    world: World,
    type: OperationType[Any, Any] | None,
    params: Mapping[str, Any],
    by: Actor,
    key: str = "",
) -> Operation:
    """The operation. NotFound for a type that is not there or is ours, Invalid for params that are not its own."""
    if type is None or type.name in CATALOG:
        raise NotFound("operation type", "" if type is None else type.name)
    try:
        wanted = msgspec.convert(params, type.params)
    except msgspec.ValidationError as error:
        raise Invalid(params=str(error)) from error
    if type.target(wanted).partition(":")[0] in TARGETS_OF_OURS:
        raise Invalid(params="should be about nothing that is the platform's own")
    sent = key_of(by, key, type.name, params)

    async def body(tx: Tx) -> Operation:
        if (earlier := await world.desk.earlier(tx, sent)) is not None:
            return earlier
        return await world.desk.submit(tx, type, wanted, by=by, key=sent)

    return await world.database.write(body)
