"""Take in an archive of source: a place to upload it to, the upload, and the file that came of it.

Who holds the upload secret may write, who holds the download secret may read: both are random, only their hashes
are kept, and both are worth nothing when their time is over. A deployment that was accepted in time still finds
its archive a while later.
"""

import asyncio
import errno
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from headway import ids
from headway.clock import SECOND
from headway.domain.accounts.secret import hash_of
from headway.domain.world import World
from headway.errors import Invalid, NotFound, TooLarge
from headway.model.deployments import Source
from headway.model.operations import Actor
from headway.store import sources
from headway.store.database import StorageFull, Tx

KEPT_SECONDS = 6 * 3600
"""How long an archive outlives its URLs."""
_FORGOTTEN_AT_ONCE = 100


async def create_source(world: World, by: Actor) -> tuple[str, str]:
    """A place for one archive: the secrets to upload and to download it with. Sweeps away what is long over."""
    await forget_expired(world)
    upload, download = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    expires_at = world.clock.now() + world.config.source_url_seconds * SECOND
    source = Source(
        world.ids.next(), by.account_id, hash_of(upload), hash_of(download), size=None, expires_at=expires_at
    )

    async def body(tx: Tx) -> None:
        await sources.insert(tx, source)

    await world.database.write(body)
    return upload, download


async def upload(world: World, secret: str, chunks: AsyncIterator[bytes]) -> None:
    """Keep what comes as the archive, whole or not at all; a second upload replaces the first.

    NotFound for an unknown or expired secret, TooLarge over `archive_bytes_max`, StorageFull.
    """

    async def find(tx: Tx) -> Source:
        return await sources.by_upload(tx, hash_of(secret))

    source = _valid(world, await world.database.read(find))
    try:
        size = await _receive(archive_of(world, source), chunks, world.config.archive_bytes_max)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFull(str(error)) from error
        raise

    async def body(tx: Tx) -> None:
        await sources.uploaded(tx, source.id, size)

    await world.database.write(body)


async def download(world: World, secret: str) -> Path:
    """The archive; NotFound for an unknown or expired secret, or where nothing was uploaded."""
    return _uploaded(world, _valid(world, await _by_download(world, secret)))


async def own_archive(world: World, source_url: str) -> Path | None:
    """The archive behind a download URL that we gave out, also when its time is over; None for other URLs.

    Invalid where nothing has been uploaded there. A URL is ours if its token is: nobody else knows it, and the name we are reached by may have changed.
    """
    try:
        token = parse_qs(urlsplit(source_url).query).get("token", [""])[0]
        source = await _by_download(world, token)
    except (NotFound, ValueError):
        return None
    try:
        return _uploaded(world, source)
    except NotFound:
        raise Invalid(source_url="leads to where nothing has been uploaded") from None


async def discard(world: World, secret: str) -> None:
    """Forget the archive and its place, whatever has become of them; `secret` is that to download it with."""
    source = await _by_download(world, secret)
    archive_of(world, source).unlink(missing_ok=True)

    async def body(tx: Tx) -> None:
        await sources.delete(tx, source.id)

    await world.database.write(body)


async def forget_expired(world: World) -> None:
    """Remove archives whose time is long over, and their rows."""
    before = world.clock.now() - KEPT_SECONDS * SECOND

    async def old(tx: Tx) -> list[Source]:
        return await sources.expired(tx, before, _FORGOTTEN_AT_ONCE)

    for source in await world.database.read(old):
        archive_of(world, source).unlink(missing_ok=True)

        async def forget(tx: Tx, source_id: int = source.id) -> None:
            await sources.delete(tx, source_id)

        await world.database.write(forget)


def archive_of(world: World, source: Source) -> Path:
    """Where the archive of a source is kept."""
    return world.config.folder / "sources" / f"{ids.show(source.id)}.tar.gz"


async def _by_download(world: World, secret: str) -> Source:
    async def find(tx: Tx) -> Source:
        return await sources.by_download(tx, hash_of(secret))

    return await world.database.read(find)


def _valid(world: World, source: Source) -> Source:
    if source.expires_at <= world.clock.now():
        raise NotFound("source")
    return source


def _uploaded(world: World, source: Source) -> Path:
    if source.size is None:
        raise NotFound("source")
    return archive_of(world, source)


async def _receive(file: Path, chunks: AsyncIterator[bytes], bytes_max: int) -> int:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{secrets.token_hex(8)}")
    try:
        with part.open("xb") as opened:
            part.chmod(0o600)
            size = 0
            async for chunk in chunks:
                size += len(chunk)
                if size > bytes_max:
                    raise TooLarge(f"the archive is larger than {bytes_max} bytes")
                opened.write(chunk)
            opened.flush()
            await asyncio.to_thread(os.fsync, opened.fileno())
        part.replace(file)
        await asyncio.to_thread(_sync_folder, file.parent)
    finally:
        part.unlink(missing_ok=True)
    return size


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
