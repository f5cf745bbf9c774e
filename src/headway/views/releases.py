"""The releases of an app, newest first. What their variables hold is not told."""

from headway.model.deployments import Release
from headway.store import releases
from headway.store.database import Database


async def of_app(
    database: Database, app_id: int, *, before: int, count: int
) -> tuple[list[Release], int | None]:
    """Those made before the id `before`; and what to ask for the next page, None on the last."""
    found = await database.read(lambda tx: releases.of_app(tx, app_id, before=before, count=count + 1))
    page = found[:count]
    return page, page[-1].id if len(found) > count else None
