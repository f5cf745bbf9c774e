"""The tasks that the release in force runs by the clock."""

import msgspec

from headway.model.apps import App
from headway.model.cron_tasks import CronTask
from headway.store import cron_tasks, deployments, releases
from headway.store.database import Database, Tx


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """All of an app, with what is shown beside them."""

    tasks: list[CronTask]
    """In the order in which they stand in the source."""
    deployment_id: int | None
    """The deployment that brought them; None where there is none, or it is not known."""


async def of_app(database: Database, app: App) -> Shown:
    """Those of an app."""

    async def body(tx: Tx) -> Shown:
        if app.release_id is None:
            return Shown(tasks=[], deployment_id=None)
        made = await deployments.made(tx, await releases.get(tx, app.release_id))
        tasks = [it for it in await cron_tasks.of_app(tx, app.id) if it.next_at is not None]
        return Shown(tasks=tasks, deployment_id=made)

    return await database.read(body)
