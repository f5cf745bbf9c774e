"""Collaborators as people see them: with the app and, once they have accepted, the account."""

import msgspec

from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.collaborators import Collaborator
from headway.store import accounts, apps, collaborators
from headway.store.database import Database, Tx


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One collaborator with what is shown beside it."""

    collaborator: Collaborator
    app: App
    account: Account | None
    """None while the invitation is open."""


async def of_app(database: Database, app_id: int) -> list[Shown]:
    """All of one app, in the order in which they were invited."""

    async def body(tx: Tx) -> list[Shown]:
        return [await _shown(tx, it) for it in await collaborators.of_app(tx, app_id)]

    return await database.read(body)


async def of_owner(database: Database, owner_id: int, page: int, per_page: int) -> tuple[list[Shown], int]:
    """One page (from 1) of those of all apps of an owner; and how many there are in all."""

    async def body(tx: Tx) -> tuple[list[Shown], int]:
        found = await collaborators.of_owner(tx, owner_id, per_page, (page - 1) * per_page)
        return [await _shown(tx, it) for it in found], await collaborators.count_of_owner(tx, owner_id)

    return await database.read(body)


async def get(database: Database, app_id: int, collaborator_id: int) -> Shown:
    """One of the app; NotFound."""

    async def body(tx: Tx) -> Shown:
        return await _shown(tx, await collaborators.get(tx, app_id, collaborator_id))

    return await database.read(body)


async def _shown(tx: Tx, it: Collaborator) -> Shown:
    account = None if it.account_id is None else await accounts.get(tx, it.account_id)
    return Shown(collaborator=it, app=await apps.get(tx, it.app_id), account=account)
