"""One operation, by its id: what every client polls."""

from headway.dialects.scalingo import asked, one_offs, project
from headway.dialects.scalingo.wire import operations as wire
from headway.views import operations
from headway.web.ask import Ask
from headway.web.body import Answer, told
from headway.web.says import Says


@Says(wire.OperationReply, also={304: None})
async def get(ask: Ask) -> Answer:
    """An operation of the app; one of another app is not there."""
    id = asked.id_of(ask.params["id"], "operation")
    app, operation = await operations.of_app(ask.world.database, ask.account.id, ask.params["app"], id)
    shown = project.operation(operation, app.id, one_offs.begun(ask, operation))
    return told(wire.OperationReply(shown), operation)
