"""Environment variables in the database."""

from headway.errors import NotFound
from headway.model.variables import Variable
from headway.store.database import Tx
from headway.store.sheets import sheet

SQL = sheet("variables")


async def set(tx: Tx, variable: Variable) -> Variable:
    """Keep the value under the name; the variable as it is now, with the id it had before if it was there."""
    row = await tx.one(
        SQL["set"], id=variable.id, app_id=variable.app_id, name=variable.name, value=variable.value
    )
    assert row is not None
    return Variable(*row)


async def update(tx: Tx, app_id: int, variable_id: int, value: str) -> Variable:
    """Keep another value; NotFound."""
    row = await tx.one(SQL["update"], app_id=app_id, id=variable_id, value=value)
    if row is None:
        raise NotFound("variable")
    return Variable(*row)


async def of_app(tx: Tx, app_id: int) -> list[Variable]:
    """The variables of an app, by name."""
    return [Variable(*row) for row in await tx.all(SQL["of_app"], app_id=app_id)]


async def delete(tx: Tx, app_id: int, variable_id: int) -> str:
    """Forget the variable; its name. NotFound."""
    row = await tx.one(SQL["delete"], app_id=app_id, id=variable_id)
    if row is None:
        raise NotFound("variable")
    return str(row[0])
