"""Who may see which operations: who began one sees it, and so does whoever may see the app that it is about."""

from headway.errors import NotFound
from headway.ids import show
from headway.model.operations import Operation
from headway.store import apps, collaborators, operations
from headway.store.database import Tx


async def seen(tx: Tx, account_id: int, id: int) -> Operation:
    """The operation; NotFound also where the account may not see it."""
    operation = await operations.get(tx, id)
    if operation is None or not await sees(tx, account_id, operation):
        raise NotFound("operation", show(id))
    return operation


async def sees(tx: Tx, account_id: int, operation: Operation) -> bool:
    """Whether the account may see the operation."""
    if operation.account_id == account_id:
        return True
    noun, _, id = operation.target.partition(":")
    if noun != "app" or not id.isdecimal():
        return False
    try:
        return await collaborators.role(tx, await apps.get(tx, int(id)), account_id) is not None
    except NotFound:
        return False
