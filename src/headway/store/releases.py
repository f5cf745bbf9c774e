"""Releases as rows."""

import msgspec

from headway.errors import NotFound
from headway.model.deployments import Release
from headway.store.database import Row, Tx
from headway.store.sheets import sheet

SQL = sheet("releases")
SEARCHES = sheet("searches")


async def get(tx: Tx, id: int) -> Release:
    """The release with this id, or NotFound."""
    row = await tx.one(SQL["get"], id=id)
    if row is None:
        raise NotFound("release")
    return _release(row)


async def of_app(tx: Tx, app_id: int, *, before: int, count: int) -> list[Release]:
    """Those of an app, newest first, made before the id `before`; without their variables."""
    rows = await tx.all(SEARCHES["releases"], app_id=app_id, before=before, count=count)
    return [_release(row) for row in rows]


def _release(row: Row) -> Release:
    values = list(row)
    values[4] = msgspec.json.decode(row[4], type=dict[str, str])
    values[5] = msgspec.json.decode(row[5], type=dict[str, str])
    return Release(*values)


async def keep(tx: Tx, release: Release) -> None:
    """Keep the release unless it is kept already; its version is the next one of its app."""
    await tx.run(
        SQL["keep"],
        id=release.id,
        app_id=release.app_id,
        digest=release.digest,
        processes=msgspec.json.encode(release.processes).decode(),
        variables=msgspec.json.encode(release.variables).decode(),
        ref=release.ref,
        at=release.created_at,
    )


async def delete(tx: Tx, id: int) -> None:
    """Forget a release that never served; nothing if there is none."""
    await tx.run(SQL["delete"], id=id)
