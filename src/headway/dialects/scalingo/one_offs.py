"""One-off containers: run, stop; where they are attached is told here, and done in attach.py."""

import msgspec

from headway import ids
from headway.dialects.scalingo import asked, attach, project
from headway.dialects.scalingo.wire import one_offs as wire
from headway.dialects.scalingo.wire import operations as wire_operations
from headway.domain.one_offs import start
from headway.domain.one_offs import stop as stopping
from headway.errors import PaymentRequired
from headway.model.one_offs import Wish
from headway.model.operations import Operation
from headway.views import containers
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty
from headway.web.says import Says


@Says(wire.RunReply, body=wire.Run, keyed=True, location=True, refuses=(PaymentRequired,))
async def run(ask: Ask) -> Answer:
    """Begin to run a command; how to follow that, and, where it is not detached, where to attach a terminal."""
    asked_for = await ask.body(wire.Run)
    shown = await asked.shown_app(ask)
    it, operation = await start.start(ask.world, shown.app, _wish(asked_for), ask.actor, ask.key)
    where = asked.places(ask)
    url = project.operation_url(operation, shown.app, where)
    reply = wire.RunReply(
        container=project.one_off(containers.one_off_shown(it, []), shown, where),
        attach_url=msgspec.UNSET if it.detached else _attach_url(ask, it.id),
        operation_url=url,
        operation=ids.show(operation.id),
    )
    return answer(reply, 200, {"Location": url})


@Says(status=202, keyed=True, location=True)
async def stop(ask: Ask) -> Answer:
    """Begin to stop a one-off."""
    app = await asked.app(ask)
    operation = await stopping.stop(ask.world, app, ask.params["id"], ask.actor, ask.key)
    return empty(202, {"Location": project.operation_url(operation, app, asked.places(ask))})


def begun(ask: Ask, it: Operation) -> wire_operations.StartOneOffData | None:
    """What the operation starts, if it starts a one-off."""
    if it.type != start.START.name:
        return None
    params = msgspec.json.decode(it.params, type=start.Start)
    return wire_operations.StartOneOffData(
        attach_url=None if params.detached else _attach_url(ask, params.one_off_id),
        container_id=ids.show(params.one_off_id),
    )


def _attach_url(ask: Ask, id: int) -> str:
    return f"{asked.places(ask).attach}/{attach.secret_of(ask.edge.signer, id)}"


def _wish(it: wire.Run) -> Wish:
    return Wish(
        command=it.command or "",
        type=it.type or "",
        environment=it.env or {},
        size=it.size or "",
        detached=bool(it.detached),
    )
