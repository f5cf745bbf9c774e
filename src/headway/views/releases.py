"""Releases of an app that are kept."""

import msgspec

from headway.model.apps import App
from headway.model.deployments import Release
from headway.store import apps, releases
from headway.store.database import Database, Tx


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One release, and whether it is the one that serves."""

    release: Release
    serves: bool


async def of_app(database: Database, app: App) -> list[Kept]:
    """Those of an app, newest first."""

    async def body(tx: Tx) -> list[Kept]:
        serving = (await apps.get(tx, app.id)).release_id
        return [Kept(release=it, serves=it.id == serving) for it in await releases.of_app(tx, app.id)]

    return await database.read(body)
