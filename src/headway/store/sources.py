"""Uploaded sources in the database; the archives themselves are files."""

from headway.errors import NotFound
from headway.model.deployments import Source
from headway.store.database import Row, Tx
from headway.store.sheets import sheet

SQL = sheet("sources")


async def insert(tx: Tx, source: Source) -> None:
    """Keep a new source."""
    await tx.run(
        SQL["insert"],
        id=source.id,
        account_id=source.account_id,
        upload_hash=source.upload_hash,
        download_hash=source.download_hash,
        size=source.size,
        expires_at=source.expires_at,
    )


async def by_upload(tx: Tx, hash: str) -> Source:
    """The source that is uploaded to with the secret of this hash; NotFound."""
    return _source(await tx.one(SQL["by_upload"], hash=hash))


async def by_download(tx: Tx, hash: str) -> Source:
    """The source that is downloaded with the secret of this hash; NotFound."""
    return _source(await tx.one(SQL["by_download"], hash=hash))


async def uploaded(tx: Tx, source_id: int, size: int) -> None:
    """Note that its archive is there."""
    await tx.run(SQL["uploaded"], id=source_id, size=size)


async def expired(tx: Tx, before: int, count: int) -> list[Source]:
    """Those that expired before that time, oldest first."""
    return [Source(*row) for row in await tx.all(SQL["expired"], before=before, count=count)]


async def delete(tx: Tx, source_id: int) -> None:
    """Forget the source."""
    await tx.run(SQL["delete"], id=source_id)


def _source(row: Row | None) -> Source:
    if row is None:
        raise NotFound("source")
    return Source(*row)
