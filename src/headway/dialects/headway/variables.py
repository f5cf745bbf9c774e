"""Environment variables: all of them, and changes to several in one go."""

from collections.abc import Sequence

from headway.dialects.headway import said
from headway.dialects.headway import wire_apps as wire
from headway.dialects.headway.apps import asked
from headway.dialects.headway.commands import done, if_match
from headway.domain.variables.change import change_variables
from headway.domain.world import World
from headway.errors import Stale
from headway.model.variables import Variable
from headway.model.versions import version_of
from headway.views import variables
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Says


@Says(wire.Variables)
async def list_all(ask: Ask) -> Answer:
    """All of them; the `ETag` is what `If-Match` takes."""
    app = await asked(ask, "variables.read")
    return _told(await variables.of_app(ask.world.database, app.id))


@said.change(wire.Variables, body=wire.ChangeVariables, params=(said.IF_MATCH,), refuses=(Stale,))
async def change(ask: Ask) -> Answer:
    """Set some and delete others, all or nothing; all of them as they are then, or in a dry run would be."""
    wanted = await ask.body(wire.ChangeVariables)
    # Who is told all of them must be somebody who may read them.
    app = await asked(ask, "variables.read")

    async def command(world: World) -> list[Variable]:
        return await change_variables(
            world, app, wanted.set, wanted.unset, ask.actor, secret=wanted.secret, match=if_match(ask)
        )

    return _told(await done(ask, command))


def _told(found: Sequence[Variable]) -> Answer:
    headers = {"ETag": f'"{version_of(list(found))}"', "Cache-Control": "no-store"}
    values = {it.name: it.told for it in found}
    return answer(
        wire.Variables(variables=values, secret=[it.name for it in found if it.secret]), 200, headers
    )
