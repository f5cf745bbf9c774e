"""Permission to act on an app: asked in the transaction that acts, so that it holds while it matters."""

from headway.errors import NotFound
from headway.ids import show
from headway.model.access import check
from headway.model.apps import App
from headway.model.operations import Actor, Operation
from headway.store import apps, collaborators
from headway.store.database import Tx


async def permitted(tx: Tx, app_id: int, by: Actor, act: str) -> App:
    """The app as it is now, if `by` may do `act` (a line of `model.access.NEEDS`) with it.

    NotFound where `by` may not even see it, Forbidden where its role is not enough.
    """
    app = await apps.get(tx, app_id)
    role = await collaborators.role(tx, app, by.account_id)
    if role is None:
        raise NotFound("app", app.name)
    check(role, act)
    return app


async def permitted_on(tx: Tx, operation: Operation, by: Actor, act: str) -> None:
    """Nothing, if `by` may do `act` with the operation: it began it, or may do so with the app that it is about."""
    if operation.account_id == by.account_id:
        return
    noun, _, id = operation.target.partition(":")
    try:
        if noun != "app":
            raise NotFound(noun)
        await permitted(tx, int(id), by, act)
    except NotFound:
        raise NotFound("operation", show(operation.id)) from None
