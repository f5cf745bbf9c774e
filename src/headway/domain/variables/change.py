"""Set and delete variables of an app in one go: all of it or nothing. Running containers keep what they have."""

from collections.abc import Mapping, Sequence

from headway.domain.access import permitted
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.apps import App
from headway.model.operations import Actor, NewEvent
from headway.model.variables import Variable, as_told, checked
from headway.model.versions import check_match
from headway.store import variables
from headway.store.database import Tx


async def change_variables(
    world: World,
    app: App,
    values: Mapping[str, str],
    gone: Sequence[str],
    by: Actor,
    *,
    secret: Sequence[str] = (),
    match: str = "",
) -> list[Variable]:
    """All variables as they are told then. Invalid for a wrong name or value, NotFound for one that is not there.

    Those that `secret` names are secret from now on, until they are deleted.
    Stale where they are none of those that `match` names.
    """
    for name, value in values.items():
        checked(name, value)

    async def body(tx: Tx) -> list[Variable]:
        if values or secret or not gone:
            await permitted(tx, app.id, by, "variables.set")
        if gone:
            await permitted(tx, app.id, by, "variables.delete")
        there = await variables.of_app(tx, app.id)
        check_match(match, as_told(there))
        await _delete(tx, app, {it.name: it.id for it in there}, gone)
        for name, value in values.items():
            await variables.set(tx, Variable(world.ids.next(), app.id, name, value))
        for name in secret:
            await variables.hide(tx, app.id, name)
        known = {it.name for it in there}
        if gone:
            say(tx, "variables.deleted", names=list(gone))
        if values or secret:
            names = list(dict.fromkeys((*values, *secret)))
            say(tx, "variables.set", names=names, new=[it for it in values if it not in known])
        return as_told(await variables.of_app(tx, app.id))

    def say(tx: Tx, name: str, **said: list[str]) -> None:
        tx.append(NewEvent(at=world.clock.now(), name=name, target=f"app:{app.id}", by=by, data=dict(said)))

    return await world.database.write(body)


async def _delete(tx: Tx, app: App, there: Mapping[str, int], gone: Sequence[str]) -> None:
    for name in gone:
        if name not in there:
            raise NotFound("variable", name)
        await variables.delete(tx, app.id, there[name])
