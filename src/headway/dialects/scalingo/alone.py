"""Scalingo's dialect where there is nothing but operations: a service is its own, and only, application."""

import msgspec

from headway.dialects.scalingo import asked, project
from headway.dialects.scalingo.identity import secret
from headway.dialects.scalingo.refuse import refuse
from headway.dialects.scalingo.wire import operations as wire
from headway.errors import NotFound
from headway.views import operations
from headway.web.ask import Ask
from headway.web.body import Answer, told
from headway.web.dialect import Dialect
from headway.web.routes import Route
from headway.web.says import Says


def alone(service: str) -> Dialect:
    """What clients poll, below the application that is called like the service."""

    @Says(wire.OperationReply, also={304: None})
    async def get(ask: Ask) -> Answer:
        """An operation of the service."""
        if ask.params["app"] != service:
            raise NotFound("app")
        id = asked.id_of(ask.params["id"], "operation")
        it, _ = await operations.seen(ask.office.database, ask.account.id, id)
        shown = msgspec.structs.replace(project.operation(it, 0), app_id=service)
        return told(wire.OperationReply(shown), it)

    return Dialect(
        name="scalingo",
        prefixes=("/v1/apps",),
        routes=(Route("GET", "/v1/apps/{app}/operations/{id}", get),),
        secret=secret,
        refuse=refuse,
    )
