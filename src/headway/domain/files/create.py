"""Make a file of what is uploaded, or a folder."""

from collections.abc import AsyncIterator

import msgspec

from headway.domain.files.room import check_place, check_room
from headway.domain.world import World
from headway.errors import Invalid
from headway.model.files import ROOT, File, Kind, checked_media, checked_name, kind_of
from headway.model.operations import Actor, NewEvent
from headway.store import files
from headway.store.database import Tx


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be made."""

    name: str
    container_id: int = ROOT
    kind: Kind | None = None
    """None: as the media type says."""
    media: str = ""


async def create_folder(world: World, name: str, container_id: int, by: Actor) -> File:
    """The new folder. Invalid for its name or where it is to lie, TooLarge where there is no room."""
    wish = Wish(name=name, container_id=container_id, kind=Kind.FOLDER)
    return await _keep(world, wish, "", 0, by)


async def create_file(world: World, wish: Wish, chunks: AsyncIterator[bytes], by: Actor) -> File:
    """The new file with what comes as its content, or nothing of it.

    Invalid and TooLarge as for a folder, before anything is taken in; TooLarge over `file_bytes_max`.
    """
    if wish.kind is Kind.FOLDER:
        raise Invalid(kind="a folder has no content")
    media = checked_media(wish.media)
    wish = msgspec.structs.replace(wish, media=media, kind=wish.kind or kind_of(media))
    await world.database.read(lambda tx: _check(world, tx, wish, 0, by))
    async with world.blobs.taken(chunks, world.config.file_bytes_max) as blob:
        return await _keep(world, wish, blob.digest, blob.size, by)


async def _keep(world: World, wish: Wish, digest: str, size: int, by: Actor) -> File:
    assert wish.kind is not None
    id, now = world.ids.next(), world.clock.now()
    file = File(id, by.account_id, wish.container_id, wish.name, wish.kind, wish.media, digest, size, 0, now)

    async def body(tx: Tx) -> None:
        await _check(world, tx, wish, size, by)
        await files.insert(tx, file)
        said = {"name": file.name, "kind": file.kind.value, "size": size}
        tx.append(NewEvent(at=now, name="file.created", target=f"file:{id}", by=by, data=said))

    await world.database.write(body)
    return file


async def _check(world: World, tx: Tx, wish: Wish, size: int, by: Actor) -> None:
    checked_name(wish.name)
    await check_place(tx, by.account_id, wish.container_id, 1)
    await check_room(world, tx, by.account_id, 1, size)
