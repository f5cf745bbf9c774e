"""The containers of an app, one-offs among them, as they are wanted and as they are."""

from collections.abc import Sequence

import msgspec

from headway import ids
from headway.model.apps import App, Container
from headway.model.one_offs import OneOff, container_of
from headway.runtimes.port import Runtime, Status
from headway.store import containers as rows
from headway.store import one_offs
from headway.store.database import Database, Tx
from headway.views.apps import units_of

MISSING = "missing"
"""The state of a container that should be there and is not (yet, or any more)."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One container and how it is."""

    container: Container
    state: str
    """What the runtime says (starting, running, waiting, crashed, stopping), or `missing`."""
    command: str


async def of_app(database: Database, runtime: Runtime, app: App) -> list[Shown]:
    """Every container that the app should have, by type and index, and its one-offs that go on."""

    async def body(tx: Tx) -> tuple[list[Container], dict[str, str], list[OneOff]]:
        commands = {type.name: type.command for type in await rows.types(tx, app.id)}
        return await rows.of_app(tx, app.id), commands, await one_offs.active(tx, app.id)

    found, commands, beside = await database.read(body)
    units = await units_of(runtime, ids.show(app.id))
    return [*shown(found, commands, units), *(one_off_shown(it, units) for it in beside)]


def one_off_shown(it: OneOff, units: Sequence[Status]) -> Shown:
    """A one-off beside the unit that it is; one that has ended and is not let go of yet is stopping."""
    state = next((unit.state for unit in units if unit.id == ids.show(it.id)), MISSING)
    if state == "ended" or (it.reason and state != MISSING):
        state = "stopping"
    return Shown(container=container_of(it), state=state, command=it.command)


def shown(wanted: Sequence[Container], commands: dict[str, str], units: Sequence[Status]) -> list[Shown]:
    """Each container beside the unit that is it; `commands` by type."""
    states = {unit.id: unit.state for unit in units}
    return [
        Shown(
            container=container,
            state=states.get(ids.show(container.id), MISSING),
            command=commands.get(container.type, ""),
        )
        for container in sorted(wanted, key=lambda one: (one.type, one.index))
    ]
