"""Environment variables."""

from headway.dialects.scalingo import asked, project
from headway.dialects.scalingo.wire import variables as wire
from headway.domain.variables.delete import delete_variables
from headway.domain.variables.set import set_variables
from headway.domain.variables.update import update_variable
from headway.views import variables
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty
from headway.web.says import Param, Says

ALIASES = Param("aliases", "With `false` what an alias leads to is shown, and not the alias.", bool)


@Says(wire.VariablesReply, params=(ALIASES,))
async def list_all(ask: Ask) -> Answer:
    """All of them; `aliases=false` shows what an alias leads to instead of the alias."""
    app = await asked.app(ask, "variables.read")
    follow = not ask.flag("aliases", default=True)
    found = await variables.of_app(ask.world.database, app.id, follow_aliases=follow)
    return answer(wire.VariablesReply([project.variable(one) for one in found]))


@Says(wire.VariableReply, 201, body=wire.SetVariable)
async def set_one(ask: Ask) -> Answer:
    """One, by its name."""
    wanted = (await ask.body(wire.SetVariable)).variable
    app = await asked.app(ask)
    (kept,) = await set_variables(ask.world, app, {wanted.name: wanted.value}, ask.actor)
    return answer(wire.VariableReply(project.variable(kept)), 201)


@Says(wire.VariablesReply, body=wire.SetVariables)
async def set_many(ask: Ask) -> Answer:
    """Several, by their names: all or none."""
    wanted = (await ask.body(wire.SetVariables)).variables
    app = await asked.app(ask)
    kept = await set_variables(ask.world, app, {one.name: one.value for one in wanted}, ask.actor)
    return answer(wire.VariablesReply([project.variable(one) for one in kept]))


@Says(wire.VariableReply, body=wire.UpdateVariable)
async def update(ask: Ask) -> Answer:
    """Another value for the one with this id."""
    value = (await ask.body(wire.UpdateVariable)).variable.value
    app, variable_id = await asked.app(ask), asked.id_of(ask.params["id"], "variable")
    kept = await update_variable(ask.world, app, variable_id, value, ask.actor)
    return answer(wire.VariableReply(project.variable(kept)))


@Says(status=204)
async def delete(ask: Ask) -> Answer:
    """The one with this id goes."""
    app = await asked.app(ask)
    await delete_variables(ask.world, app, [asked.id_of(ask.params["id"], "variable")], ask.actor)
    return empty()


@Says(status=204, body=wire.DeleteVariables)
async def delete_many(ask: Ask) -> Answer:
    """Those with these ids go: all or none."""
    shown = (await ask.body(wire.DeleteVariables)).variable_ids
    app = await asked.app(ask)
    await delete_variables(ask.world, app, [asked.id_of(one, "variable") for one in shown], ask.actor)
    return empty()
