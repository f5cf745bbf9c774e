"""Apps as people see them: the record, whose it is, and what it is doing now."""

from collections.abc import Sequence

import msgspec

from headway import ids
from headway.errors import NotFound, Trouble, Unavailable
from headway.model.access import check
from headway.model.accounts import Account
from headway.model.apps import App, ContainerType
from headway.model.one_offs import is_one_off
from headway.model.operations import Operation
from headway.model.projects import Project
from headway.runtimes.port import Runtime, Status
from headway.store import accounts, apps, collaborators, containers, domains, operations, projects
from headway.store.database import Database, Tx

WHILE = {
    "app.scale": "scaling",
    "app.restart": "restarting",
    "deployment.deploy": "booting",
    "app.rollback": "booting",
}
"""What an app is called while an operation of this type holds it."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One app with what is shown beside it."""

    app: App
    owner: Account
    status: str
    """new, booting, running, scaling, restarting, stopped, or crashed."""
    parent: str | None
    """The name of the app that it is a child of."""
    project: Project
    """What it is filed under."""
    canonical: str | None = None
    """Its canonical domain."""


class _Rows(msgspec.Struct, frozen=True, kw_only=True):
    app: App
    owner: Account
    holder: Operation | None
    parent: str | None
    project: Project
    canonical: str | None


async def find(database: Database, account_id: int, name: str, act: str = "app.read") -> App:
    """The app of that name or shown id; NotFound where there is none, or the account may not see it.

    Forbidden where its role is not enough for `act`, a line of `model.access.NEEDS`.
    """

    async def body(tx: Tx) -> App:
        return await found(tx, account_id, name, act)

    return await database.read(body)


async def found(tx: Tx, account_id: int, name: str, act: str = "app.read") -> App:
    """What `find` finds, inside a transaction."""
    id = ids.parse(name)
    app = (await _by_id(tx, id) if id is not None else None) or await apps.by_name(tx, name)
    role = None if app is None else await collaborators.role(tx, app, account_id)
    if app is None or role is None:
        raise NotFound("app", name)
    check(role, act)
    return app


async def get(
    database: Database, runtime: Runtime, account_id: int, name: str, act: str = "app.read"
) -> Shown:
    """The app of that name or shown id as it is now; NotFound, Forbidden as in `find`."""

    async def body(tx: Tx) -> _Rows:
        return await _rows(tx, await found(tx, account_id, name, act))

    rows = await database.read(body)
    return _shown(rows, await units_of(runtime, ids.show(rows.app.id)))


async def of_account(database: Database, runtime: Runtime, account_id: int) -> list[Shown]:
    """Every app that the account may see, by name."""

    async def body(tx: Tx) -> list[_Rows]:
        return [await _rows(tx, app) for app in await apps.of_account(tx, account_id)]

    all_rows = await database.read(body)
    units = await units_of(runtime) if all_rows else []
    return [
        _shown(rows, [unit for unit in units if unit.app_id == ids.show(rows.app.id)]) for rows in all_rows
    ]


async def children(
    database: Database, runtime: Runtime, parent_id: int, page: int, per_page: int
) -> tuple[list[Shown], int]:
    """One page (from 1) of the children of an app; and how many there are in all."""

    async def body(tx: Tx) -> tuple[list[_Rows], int]:
        found = await apps.children(tx, parent_id, per_page, (page - 1) * per_page)
        return [await _rows(tx, app) for app in found], await apps.count_children(tx, parent_id)

    page_rows, total = await database.read(body)
    return [_shown(rows, await units_of(runtime, ids.show(rows.app.id))) for rows in page_rows], total


async def types(database: Database, app_id: int) -> list[ContainerType]:
    """Every container type of the app, also those with no container."""

    async def body(tx: Tx) -> list[ContainerType]:
        return await containers.types(tx, app_id)

    return await database.read(body)


async def units_of(runtime: Runtime, app_id: str | None = None) -> list[Status]:
    """What the runtime runs; Unavailable where it cannot tell, since a guess would be a lie."""
    try:
        return await runtime.units(app_id)
    except Trouble as error:
        raise Unavailable("the runtime does not answer") from error


def status_of(app: App, holder: Operation | None, units: Sequence[Status]) -> str:
    """The one word that says what an app is doing; `holder` is the operation that holds it."""
    if holder is not None and holder.type in WHILE:
        return WHILE[holder.type]
    if app.release_id is None:
        return "new"
    states = {unit.state for unit in units if not is_one_off(unit.label)}
    if "crashed" in states:
        return "crashed"
    if states - {"stopping"}:
        return "running"
    return "stopped"


async def _by_id(tx: Tx, id: int) -> App | None:
    try:
        return await apps.get(tx, id)
    except NotFound:
        return None


async def _rows(tx: Tx, app: App) -> _Rows:
    parent = await apps.get(tx, app.parent_id) if app.parent_id is not None else None
    return _Rows(
        app=app,
        owner=await accounts.get(tx, app.owner_id),
        holder=await operations.holder(tx, f"app:{app.id}"),
        parent=parent.name if parent is not None else None,
        project=await projects.of_app(tx, app),
        canonical=await domains.canonical(tx, app.id),
    )


def _shown(rows: _Rows, units: Sequence[Status]) -> Shown:
    return Shown(
        app=rows.app,
        owner=rows.owner,
        status=status_of(rows.app, rows.holder, units),
        parent=rows.parent,
        project=rows.project,
        canonical=rows.canonical,
    )
