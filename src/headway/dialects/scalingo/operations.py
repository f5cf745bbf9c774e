"""One operation, by its id: what every client polls."""

from headway.dialects.scalingo import asked, project
from headway.dialects.scalingo.wire import operations as wire
from headway.errors import NotFound
from headway.views import operations
from headway.web.ask import Ask
from headway.web.body import Answer, answer


async def get(ask: Ask) -> Answer:
    """An operation of the app; one of another app is not there."""
    app = await asked.app(ask)
    operation = await operations.get(ask.world.database, asked.id_of(ask.params["id"], "operation"))
    if operation.target != f"app:{app.id}":
        raise NotFound("operation")
    return answer(wire.OperationReply(project.operation(operation, app.id)))
