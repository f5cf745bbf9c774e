"""Deployments as rows."""

from headway.errors import NotFound
from headway.model.deployments import Deployment, Release
from headway.store.database import Tx
from headway.store.sheets import sheet

SQL = sheet("deployments")


async def get(tx: Tx, id: int) -> Deployment:
    """The deployment with this id, or NotFound."""
    row = await tx.one(SQL["get"], id=id)
    if row is None:
        raise NotFound("deployment")
    return Deployment(*row)


async def of_operation(tx: Tx, operation_id: int, app_id: int) -> Deployment:
    """The deployment that an operation makes, or NotFound."""
    row = await tx.one(SQL["of_operation"], operation_id=operation_id, app_id=app_id)
    if row is None:
        raise NotFound("deployment")
    return Deployment(*row)


async def of_app(tx: Tx, app_id: int, count: int, offset: int = 0) -> list[Deployment]:
    """The deployments of an app, newest first."""
    return [
        Deployment(*row) for row in await tx.all(SQL["of_app"], app_id=app_id, count=count, offset=offset)
    ]


async def count(tx: Tx, app_id: int) -> int:
    """How many deployments an app has had."""
    row = await tx.one(SQL["count"], app_id=app_id)
    assert row is not None
    return int(row[0])


async def insert(tx: Tx, deployment: Deployment) -> None:
    """Keep a new deployment."""
    await tx.run(
        SQL["insert"],
        id=deployment.id,
        app_id=deployment.app_id,
        operation_id=deployment.operation_id,
        release_id=deployment.release_id,
        ref=deployment.ref,
        previous_ref=deployment.previous_ref,
        source_url=deployment.source_url,
        pusher_id=deployment.pusher_id,
        pusher=deployment.pusher,
        pusher_email=deployment.pusher_email,
        created_at=deployment.created_at,
    )


async def end(tx: Tx, id: int, status: str, at: int, image_size: int = 0) -> None:
    """Say how it ended."""
    await tx.run(SQL["end"], id=id, status=status, at=at, image_size=image_size)


async def made(tx: Tx, release: Release) -> int | None:
    """The id of the deployment that brought the release; None where it is not known."""
    row = await tx.one(SQL["made"], app_id=release.app_id, ref=release.ref, before=release.created_at)
    return None if row is None else row[0]


async def oldest_active(tx: Tx) -> int | None:
    """When the oldest deployment began that has not ended; None where there is none."""
    row = await tx.one(SQL["oldest_active"])
    return None if row is None else row[0]
