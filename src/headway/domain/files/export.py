"""Export a file: make an artefact of it that can be downloaded as long as the operation is kept.

The artefact is written beside everything else, under its digest, and belongs to the operation once that has ended.
Read EXPORT, near the end, first.
"""

from typing import Any

import msgspec

from headway.domain.files.artefact import Artefact, artefact_of, write
from headway.domain.files.room import check_room
from headway.domain.world import World
from headway.engine.declare import OperationType, Run, Step
from headway.engine.submit import key_of
from headway.errors import Failure, NotFound, TooLarge
from headway.model import files as model
from headway.model.files import content
from headway.model.operations import Actor, NewEvent, Operation
from headway.store import exports, files
from headway.store.database import Tx

SECONDS_MAX = 3600


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """What is exported, and as what."""

    account_id: int
    file_id: int
    name: str
    media: str


async def export(world: World, file_id: int, format: str, by: Actor, key: str = "") -> Operation:
    """Begin to export it in a format, `""` for what it is (a folder: a zip).

    NotFound, Invalid where that cannot be made of it, Busy while something else is done with it.
    """
    sent = key_of(by, key, EXPORT.name, file_id, format)

    async def body(tx: Tx) -> Operation:
        if (earlier := await world.desk.earlier(tx, sent)) is not None:
            return earlier
        file = await files.get(tx, by.account_id, file_id)
        it = artefact_of(file, format)
        params = Export(account_id=by.account_id, file_id=file_id, name=it.name, media=it.media)
        return await world.desk.submit(tx, EXPORT, params, by=by, key=sent)

    return await world.database.write(body)


async def make(run: Run[Export, World]) -> dict[str, Any]:
    """The artefact is on disk; made again of the same files it is the same."""
    params, world = run.params, run.world
    try:
        tree = await world.database.read(lambda tx: files.tree(tx, params.account_id, params.file_id))
    except NotFound as gone:
        raise Failure("file-gone", "the file was deleted meanwhile") from gone
    for digest in content(tree):
        await world.blobs.verify(digest)
    it, path_of = Artefact(name=params.name, media=params.media), world.blobs.path
    try:
        blob = await world.blobs.made(
            lambda sink, alive: write(tree, it, path_of, sink, alive), world.config.file_bytes_per_account_max
        )
    except TooLarge as large:
        raise Failure("too-large", str(large)) from large
    except FileNotFoundError as gone:
        raise Failure("file-gone", "the file was deleted meanwhile") from gone
    run.say(f"made {params.name}, {blob.size} bytes")
    return {"digest": blob.digest, "size": blob.size}


async def record(run: Run[Export, World], tx: Tx) -> None:
    """The artefact belongs to the operation. TooLarge where there is no room for it."""
    params, world, it = run.params, run.world, run.operation
    now, size = world.clock.now(), run.notes["size"]
    await check_room(world, tx, params.account_id, 0, size)
    made = model.Export(it.id, params.account_id, params.name, params.media, run.notes["digest"], size, now)
    await exports.insert(tx, made)
    by, data = Actor(account_id=it.account_id), {"name": params.name, "media": params.media, "size": size}
    tx.append(NewEvent(at=now, name="file.exported", operation=it.id, target=it.target, by=by, data=data))


EXPORT: OperationType[Export, World] = OperationType(
    name="file.export",
    params=Export,
    target=lambda params: f"file:{params.file_id}",
    steps=(Step(title="make the artefact", do=make, seconds_max=SECONDS_MAX),),
    record=record,
    summary=lambda params: f"export a file as {params.name}",
)
