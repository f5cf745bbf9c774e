"""Apps as rows."""

from headway.errors import Invalid, NotFound
from headway.model.apps import App, Settings
from headway.store.database import NotUnique, Row, Tx
from headway.store.sheets import sheet

SQL = sheet("apps")


def _app(row: Row) -> App:
    values = list(row)
    values[6:9] = (bool(value) for value in row[6:9])
    return App(*values)


async def get(tx: Tx, id: int) -> App:
    """The app with this id, or NotFound."""
    row = await tx.one(SQL["get"], id=id)
    if row is None:
        raise NotFound("app")
    return _app(row)


async def by_name(tx: Tx, name: str) -> App | None:
    """The app with this name."""
    row = await tx.one(SQL["by_name"], name=name)
    return None if row is None else _app(row)


async def of_account(tx: Tx, account_id: int) -> list[App]:
    """The apps that an account owns or works on, by name."""
    return [_app(row) for row in await tx.all(SQL["of_account"], account_id=account_id)]


async def every(tx: Tx) -> list[App]:
    """All apps, in the order in which they were made."""
    return [_app(row) for row in await tx.all(SQL["every"])]


async def with_router_logs(tx: Tx) -> set[int]:
    """The ids of the apps whose log has a line for each request."""
    return {row[0] for row in await tx.all(SQL["with_router_logs"])}


async def insert(tx: Tx, app: App) -> None:
    """Keep a new app; Invalid where its name is taken."""
    inserted = await tx.run(
        SQL["insert"],
        id=app.id,
        name=app.name,
        owner_id=app.owner_id,
        parent_id=app.parent_id,
        git_source=app.git_source,
        stack=app.stack,
        force_https=int(app.force_https),
        sticky_session=int(app.sticky_session),
        router_logs=int(app.router_logs),
        at=app.created_at,
        project_id=app.project_id,
    )
    if not inserted:
        raise Invalid(name="has already been taken")


async def rename(tx: Tx, id: int, name: str, at: int) -> None:
    """It is called so; Invalid where another is."""
    try:
        await tx.run(SQL["rename"], id=id, name=name, at=at)
    except NotUnique:
        raise Invalid(name="has already been taken") from None


async def configure(tx: Tx, id: int, settings: Settings, at: int) -> None:
    """These are its settings."""
    await tx.run(
        SQL["configure"],
        id=id,
        force_https=int(settings.force_https),
        sticky_session=int(settings.sticky_session),
        router_logs=int(settings.router_logs),
        stack=settings.stack,
        at=at,
    )


async def transfer(tx: Tx, id: int, owner_id: int, project_id: int, at: int) -> None:
    """It is theirs, filed under that project of theirs."""
    await tx.run(SQL["transfer"], id=id, owner_id=owner_id, project_id=project_id, at=at)


async def file(tx: Tx, id: int, project_id: int, at: int) -> None:
    """It is filed under that project."""
    await tx.run(SQL["file"], id=id, project_id=project_id, at=at)


async def count_owned(tx: Tx, owner_id: int) -> int:
    """How many apps an account owns."""
    row = await tx.one(SQL["count_owned"], owner_id=owner_id)
    assert row is not None
    return int(row[0])


async def children(tx: Tx, parent_id: int, count: int, offset: int) -> list[App]:
    """The children of an app, in the order in which they were made."""
    rows = await tx.all(SQL["children"], parent_id=parent_id, count=count, offset=offset)
    return [_app(row) for row in rows]


async def count_children(tx: Tx, parent_id: int) -> int:
    """How many children an app has."""
    row = await tx.one(SQL["count_children"], parent_id=parent_id)
    assert row is not None
    return int(row[0])


async def delete(tx: Tx, id: int) -> None:
    """It goes, with every row that is about it; its children have no parent any more."""
    for name in (
        "orphan",
        "delete_samples",
        "delete_collaborators",
        "delete_certificates",
        "delete_domains",
        "delete_cron_runs",
        "delete_cron_tasks",
        "delete_variables",
        "delete_containers",
        "delete_types",
        "delete_deployments",
        "delete_releases",
        "delete_app",
    ):
        await tx.run(SQL[name], id=id)


async def attempted(tx: Tx, id: int, by: str, at: int) -> None:
    """Somebody has begun to deploy it."""
    await tx.run(SQL["attempted"], id=id, by=by, at=at)


async def released(tx: Tx, id: int, release_id: int, at: int) -> None:
    """From now on this release serves."""
    await tx.run(SQL["released"], id=id, release_id=release_id, at=at)


async def deployed(tx: Tx, id: int, deployment_id: int) -> None:
    """That is its last successful deployment."""
    await tx.run(SQL["deployed"], id=id, deployment_id=deployment_id)
