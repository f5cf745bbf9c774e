"""Releases as rows."""

from typing import Any

import msgspec

from headway.errors import NotFound
from headway.model.cron_tasks import CronLine
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


async def by_version(tx: Tx, app_id: int, version: int) -> Release | None:
    """The release of that version, if it is kept."""
    return _found(await tx.one(SQL["by_version"], app_id=app_id, version=version))


async def older(tx: Tx, app_id: int, version: int) -> Release | None:
    """The newest release that is kept from before that version."""
    return _found(await tx.one(SQL["older"], app_id=app_id, version=version))


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
        cron=msgspec.json.encode(release.cron).decode(),
    )


async def delete(tx: Tx, id: int) -> None:
    """Forget a release that never served; nothing if there is none."""
    await tx.run(SQL["delete"], id=id)


async def trim(tx: Tx, app_id: int, serving: int, count: int) -> None:
    """Keep the newest `count` releases of an app, the one that serves, and those that something runs."""
    await tx.run(SQL["trim"], app_id=app_id, serving=serving, count=count)


async def digests(tx: Tx) -> set[str]:
    """The slugs of all releases of all apps."""
    return {str(row[0]) for row in await tx.all(SQL["digests"])}


def _found(row: Row | None) -> Release | None:
    return None if row is None else _release(row)


def _release(row: Row) -> Release:
    values: list[Any] = list(row)
    values[4] = msgspec.json.decode(row[4], type=dict[str, str])
    values[5] = msgspec.json.decode(row[5], type=dict[str, str])
    values[8] = msgspec.json.decode(row[8], type=tuple[CronLine, ...])
    return Release(*values)
