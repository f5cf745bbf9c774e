"""What a one-off is to the runtime: the app's release, with the variables of now and those that came with it."""

import msgspec

from headway.domain.containers.unit import environment
from headway.domain.world import World
from headway.ids import show
from headway.model.apps import App
from headway.model.deployments import Release
from headway.model.one_offs import OneOff, container_of
from headway.model.sizes import SIZES
from headway.runtimes.port import Unit
from headway.store import apps, releases, variables
from headway.store.database import Tx


async def unit_of(world: World, it: OneOff) -> Unit:
    """The one-off as the runtime is to run it. Failure `slug-missing` where what it runs is not kept."""
    app, release = await world.database.read(lambda tx: _with_variables_of_now(tx, it))
    container = container_of(it)
    return Unit(
        id=show(it.id),
        app_id=show(app.id),
        label=it.label,
        slug=await world.builder.slug(release.digest),
        command=it.command,
        environment={
            **environment(world.config, app, container, release),
            "SCALINGO_USER_ID": show(it.account_id),
        },
        size=SIZES[it.size],
        listens=False,
        once=True,
        terminal=not it.detached,
    )


async def _with_variables_of_now(tx: Tx, it: OneOff) -> tuple[App, Release]:
    release = await releases.get(tx, it.release_id)
    now = {variable.name: variable.value for variable in await variables.of_app(tx, it.app_id)}
    return await apps.get(tx, it.app_id), msgspec.structs.replace(release, variables=now | it.environment)
