"""The variables of an app."""

from headway.model.variables import Variable, resolved
from headway.store import variables
from headway.store.database import Database, Tx


async def of_app(database: Database, app_id: int, *, follow_aliases: bool = False) -> list[Variable]:
    """By name; with aliases (`$OTHER`) replaced by what they name where that is asked for."""

    async def body(tx: Tx) -> list[Variable]:
        return await variables.of_app(tx, app_id)

    kept = await database.read(body)
    if not follow_aliases:
        return kept
    values = resolved({variable.name: variable.value for variable in kept})
    return [Variable(one.id, one.app_id, one.name, values[one.name]) for one in kept]
