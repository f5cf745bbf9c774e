"""The projects of accounts."""

from headway.model.apps import App
from headway.model.projects import Project
from headway.store import projects
from headway.store.database import Database, Tx


async def of_owner(database: Database, owner_id: int) -> list[Project]:
    """All of an account's, oldest first."""

    async def body(tx: Tx) -> list[Project]:
        return await projects.of_owner(tx, owner_id)

    return await database.read(body)


async def get(database: Database, owner_id: int, project_id: int) -> Project:
    """One of the account's; NotFound also where it is somebody else's."""

    async def body(tx: Tx) -> Project:
        return await projects.get(tx, owner_id, project_id)

    return await database.read(body)


async def of_app(database: Database, app: App) -> Project:
    """What the app is filed under."""

    async def body(tx: Tx) -> Project:
        return await projects.of_app(tx, app)

    return await database.read(body)
