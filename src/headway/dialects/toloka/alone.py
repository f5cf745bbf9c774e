"""Toloka's dialect where there is nothing but operations: one, and its log."""

from typing import Any

import msgspec

from headway import ids
from headway.dialects.toloka import project, wire
from headway.dialects.toloka.dialect import PREFIX, secret
from headway.dialects.toloka.refuse import refuse
from headway.errors import NotFound
from headway.model.operations import Operation
from headway.model.pool_operations import PoolOperation
from headway.views import operations
from headway.web.ask import Ask
from headway.web.body import Answer, answer, told
from headway.web.dialect import Dialect
from headway.web.routes import Route
from headway.web.says import Says

_ONE = f"{PREFIX}/operations/{{id}}"


def alone() -> Dialect:
    """What clients poll."""
    return Dialect(
        name="toloka",
        prefixes=(f"{PREFIX}/operations",),
        routes=(Route("GET", _ONE, _get), Route("GET", f"{_ONE}/log", _log)),
        secret=secret,
        refuse=refuse,
    )


@Says(wire.Operation)
async def _get(ask: Ask) -> Answer:
    """One, with what was asked as its parameters."""
    it = await _seen(ask)
    return told(project.operation(_known(it)) | {"parameters": _parameters(it)}, it)


@Says(wire.OPERATIONS_LOG)
async def _log(ask: Ask) -> Answer:
    """What came of it; nothing while it has not ended."""
    it = await _seen(ask)
    items = project.log(_known(it), [], ask.request_id)
    return answer([item | {"input": _parameters(it)} for item in items])


async def _seen(ask: Ask) -> Operation:
    shown = ask.params["id"]
    id = ids.parse(shown)
    if id is None:
        raise NotFound("operation", shown)
    it, _ = await operations.seen(ask.office.database, ask.account.id, id)
    return it


def _known(it: Operation) -> PoolOperation:
    return PoolOperation(it, ids.show(it.id))


def _parameters(it: Operation) -> dict[str, Any]:
    return msgspec.json.decode(it.params)
