"""The variables of an app."""

import msgspec

from headway.model.variables import Variable, as_told, resolved
from headway.store import variables
from headway.store.database import Database, Tx


async def of_app(database: Database, app_id: int, *, follow_aliases: bool = False) -> list[Variable]:
    """By name; with aliases (`$OTHER`) replaced by what they name where that is asked for.

    The values of secrets are not told, under no name.
    """

    async def body(tx: Tx) -> list[Variable]:
        return await variables.of_app(tx, app_id)

    kept = as_told(await database.read(body))
    if not follow_aliases:
        return kept
    values = resolved({variable.name: variable.value for variable in kept})
    return [msgspec.structs.replace(one, value=values[one.name]) for one in kept]
