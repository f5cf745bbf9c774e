"""Environment variables in the database."""

from headway.errors import NotFound
from headway.model.variables import Variable
from headway.store.database import Row, Tx
from headway.store.sheets import sheet

SQL = sheet("variables")


async def set(tx: Tx, variable: Variable) -> Variable:
    """Keep the value under the name; the variable as it is now, with the id it had before if it was there.

    One that is secret stays so.
    """
    row = await tx.one(
        SQL["set"],
        id=variable.id,
        app_id=variable.app_id,
        name=variable.name,
        value=variable.value,
        secret=int(variable.secret),
    )
    assert row is not None
    return _variable(row)


async def hide(tx: Tx, app_id: int, name: str) -> None:
    """Let its value be secret from now on; NotFound."""
    if await tx.one(SQL["hide"], app_id=app_id, name=name) is None:
        raise NotFound("variable", name)


async def update(tx: Tx, app_id: int, variable_id: int, value: str) -> Variable:
    """Keep another value; NotFound."""
    row = await tx.one(SQL["update"], app_id=app_id, id=variable_id, value=value)
    if row is None:
        raise NotFound("variable")
    return _variable(row)


async def of_app(tx: Tx, app_id: int) -> list[Variable]:
    """The variables of an app, by name."""
    return [_variable(row) for row in await tx.all(SQL["of_app"], app_id=app_id)]


async def delete(tx: Tx, app_id: int, variable_id: int) -> str:
    """Forget the variable; its name. NotFound."""
    row = await tx.one(SQL["delete"], app_id=app_id, id=variable_id)
    if row is None:
        raise NotFound("variable")
    return str(row[0])


def _variable(row: Row) -> Variable:
    id, app_id, name, value, secret = row
    return Variable(id, app_id, name, value, bool(secret))
