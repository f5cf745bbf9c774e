"""The formation of an app, and the containers that it should have, as rows."""

from headway.model.apps import Container, ContainerType
from headway.store.database import Tx
from headway.store.sheets import sheet

SQL = sheet("containers")


async def types(tx: Tx, app_id: int) -> list[ContainerType]:
    """The formation of an app, types in the order in which they came."""
    return [ContainerType(*row) for row in await tx.all(SQL["types"], app_id=app_id)]


async def keep_types(tx: Tx, formation: list[ContainerType]) -> None:
    """Keep each type with its amount, size and command."""
    for kind in formation:
        await tx.run(
            SQL["keep_type"],
            id=kind.id,
            app_id=kind.app_id,
            name=kind.name,
            amount=kind.amount,
            size=kind.size,
            command=kind.command,
        )


async def of_app(tx: Tx, app_id: int) -> list[Container]:
    """The containers that an app should have, by type and index."""
    return [Container(*row) for row in await tx.all(SQL["of_app"], app_id=app_id)]


async def replace(tx: Tx, app_id: int, after: list[Container]) -> None:
    """From now on the app should have exactly these."""
    await tx.run(SQL["delete_of"], app_id=app_id)
    for it in after:
        await tx.run(
            SQL["insert"],
            id=it.id,
            app_id=app_id,
            type=it.type,
            index=it.index,
            size=it.size,
            release_id=it.release_id,
            created_at=it.created_at,
        )
