"""Containers: the formation, what runs, scale and restart."""

from typing import Any

from headway.dialects.scalingo import asked, project
from headway.dialects.scalingo.wire import containers as wire
from headway.domain.apps.restart import restart as restart_app
from headway.domain.apps.scale import scale as scale_app
from headway.domain.containers.kill import kill as kill_container
from headway.errors import Conflict, PaymentRequired
from headway.model.apps import Change
from headway.model.sizes import SIZES
from headway.views import apps, containers
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty
from headway.web.says import Says


@Says(wire.Formation)
async def formation(ask: Ask) -> Answer:
    """Every container type, also those with no container."""
    app = await asked.app(ask)
    return answer(project.formation(await apps.types(ask.world.database, app.id)))


@Says(wire.ContainersReply)
async def running(ask: Ask) -> Answer:
    """Every container."""
    world, app = ask.world, await asked.app(ask)
    found = await containers.of_app(world.database, world.runtime, app)
    return answer(
        wire.ContainersReply([project.container(shown, SIZES[shown.container.size]) for shown in found])
    )


@Says(wire.Formation, 202, body=wire.Scale, keyed=True, location=True, refuses=(PaymentRequired,))
async def scale(ask: Ask) -> Answer:
    """Scale; the answer is the whole formation as it will be, and where to follow the operation."""
    wanted = (await ask.body(wire.Scale)).containers
    app = await asked.app(ask)
    # An empty size is how the Go client says that it wants no change.
    changes = [Change(name=one.name, amount=one.amount, size=one.size or None) for one in wanted]
    types, operation = await scale_app(ask.world, app, changes, ask.actor, ask.key)
    location = project.operation_url(operation, app, asked.places(ask))
    return answer(project.formation(types), 202, {"Location": location})


@Says(status=202, body=wire.Restart, keyed=True, location=True)
async def restart(ask: Ask) -> Answer:
    """Restart all or some; the answer is only where to follow the operation."""
    scope = (await ask.body(wire.Restart)).scope or []
    app = await asked.app(ask)
    operation = await restart_app(ask.world, app, scope, ask.actor, ask.key)
    return empty(202, {"Location": project.operation_url(operation, app, asked.places(ask))})


@Says(status=204, body=wire.Kill, refuses=(Conflict,))
async def kill(ask: Ask) -> Answer:
    """Send a signal to a container."""
    wanted = (await ask.body(wire.Kill)).signal
    app = await asked.app(ask)
    await kill_container(ask.world, app, ask.params["id"], wanted, ask.actor)
    return empty()


@Says(dict[str, list[Any]])
async def autoscalers(ask: Ask) -> Answer:
    """None yet; without this answer the CLI refuses to scale."""
    await asked.app(ask)
    return answer({"autoscalers": []})
