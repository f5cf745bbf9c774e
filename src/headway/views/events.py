"""What happened to apps and accounts, as people read it: with who did it and what it was done to."""

from collections.abc import Awaitable
from typing import TypeVar

import msgspec

from headway import ids
from headway.errors import NotFound
from headway.model.access import Role
from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.operations import Event
from headway.model.projects import Project
from headway.store import accounts, apps, collaborators, events, projects
from headway.store.database import Database, Tx

T = TypeVar("T")
SINCE_MAX = 1000
"""How many events are told at most where somebody asks for all since a time."""
_TRANSFER = "app.transferred"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One event with what is told beside it."""

    event: Event
    user: Account | None
    """Who did it; None where the platform did, or nobody knows them any more."""
    app: App | None
    """What it was done to, as it is now; None where that is no app, or is gone."""
    project: Project | None
    """What that is filed under."""
    limited: bool
    """Whether the reader may learn no secrets of the app."""
    people: dict[int, Account]
    """Whoever else it names."""


async def of_app(
    database: Database, account_id: int, app: App, page: int, per_page: int
) -> tuple[list[Told], int]:
    """One page (from 1) of what happened to an app, newest first; and how much that is in all."""

    async def body(tx: Tx) -> tuple[list[Told], int]:
        target = f"app:{app.id}"
        found = await events.told_of(tx, target, per_page, (page - 1) * per_page)
        return await _told(tx, account_id, found), await events.count_told_of(tx, target)

    return await database.read(body)


async def of_app_since(database: Database, account_id: int, app: App, since: int) -> list[Told]:
    """What happened to an app since a time, newest first; the newest thousand at most."""

    async def body(tx: Tx) -> list[Told]:
        found = await events.told_of_since(tx, f"app:{app.id}", since, SINCE_MAX)
        return await _told(tx, account_id, found)

    return await database.read(body)


async def one_of_app(database: Database, account_id: int, app: App, seq: int) -> Told:
    """One of them; NotFound."""

    async def body(tx: Tx) -> Told:
        event = await events.told(tx, seq)
        if event is None or event.target != f"app:{app.id}":
            raise NotFound("event")
        return (await _told(tx, account_id, [event]))[0]

    return await database.read(body)


async def of_account(database: Database, account_id: int, page: int, per_page: int) -> tuple[list[Told], int]:
    """The same of an account, and of all apps that it may see now."""

    async def body(tx: Tx) -> tuple[list[Told], int]:
        found = await events.told_to(tx, account_id, per_page, (page - 1) * per_page)
        return await _told(tx, account_id, found), await events.count_told_to(tx, account_id)

    return await database.read(body)


async def of_account_since(database: Database, account_id: int, since: int) -> list[Told]:
    """The same since a time; the newest thousand at most."""

    async def body(tx: Tx) -> list[Told]:
        found = await events.told_to_since(tx, account_id, since, SINCE_MAX)
        return await _told(tx, account_id, found)

    return await database.read(body)


class _Known:
    """What has been looked up for one page, each thing once."""

    def __init__(self, tx: Tx, reader: int) -> None:
        self._tx = tx
        self._reader = reader
        self._accounts: dict[int, Account | None] = {}
        self._apps: dict[int, tuple[App, Project, Role | None] | None] = {}

    async def account(self, id: int) -> Account | None:
        if id not in self._accounts:
            self._accounts[id] = await _or_none(accounts.get(self._tx, id)) if id else None
        return self._accounts[id]

    async def app(self, id: int) -> tuple[App, Project, Role | None] | None:
        if id not in self._apps:
            self._apps[id] = await _or_none(self._found(id))
        return self._apps[id]

    async def _found(self, id: int) -> tuple[App, Project, Role | None]:
        app = await apps.get(self._tx, id)
        filed = await projects.of_app(self._tx, app)
        return app, filed, await collaborators.role(self._tx, app, self._reader)


async def _told(tx: Tx, reader: int, found: list[Event]) -> list[Told]:
    known = _Known(tx, reader)
    return [await _one(known, event) for event in found]


async def _one(known: _Known, event: Event) -> Told:
    noun, _, id = event.target.partition(":")
    app, project, role = (await known.app(int(id)) if noun == "app" else None) or (None, None, None)
    named = [event.data["before"], event.data["after"]] if event.name == _TRANSFER else []
    people = {it: account for it in named if (account := await known.account(it)) is not None}
    return Told(
        event=event,
        user=await known.account(event.by.account_id),
        app=app,
        project=project,
        limited=role is Role.LIMITED,
        people=people,
    )


def number_of(shown: str) -> int:
    """The number of the event that is shown as `shown`, as ids are; NotFound where none can be."""
    seq = ids.parse(shown)
    if seq is None:
        raise NotFound("event")
    return seq


async def _or_none(found: Awaitable[T]) -> T | None:
    try:
        return await found
    except NotFound:
        return None
