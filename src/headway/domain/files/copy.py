"""Copy a file, or a folder with everything in it.

Every content is read and compared with its digest first, so that nothing damaged is multiplied; then the copies are
there all at once. What they are copies of is what is there at that moment. Read COPY, near the end, first.
"""

import msgspec

from headway.domain.files.room import check_place, check_room
from headway.domain.world import World
from headway.engine.declare import OperationType, Run, Step
from headway.engine.submit import key_of
from headway.errors import Failure, NotFound
from headway.model.files import File, checked_name, content, height
from headway.model.operations import Actor, NewEvent, Operation
from headway.store import files
from headway.store.database import Tx

SECONDS_MAX = 3600


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """What is copied, into which folder, and under which name."""

    account_id: int
    file_id: int
    container_id: int
    name: str


async def copy(
    world: World, file_id: int, container_id: int, by: Actor, *, name: str | None = None, key: str = ""
) -> Operation:
    """Begin to copy it into a folder; without a name it keeps its own.

    NotFound, Invalid for name or folder, TooLarge where there is no room, Busy while it is being copied.
    """
    if name is not None:
        checked_name(name)
    sent = key_of(by, key, COPY.name, file_id, container_id, name)

    async def body(tx: Tx) -> Operation:
        if (earlier := await world.desk.earlier(tx, sent)) is not None:
            return earlier
        tree = await files.tree(tx, by.account_id, file_id)
        await _check(world, tx, tree, container_id)
        params = Copy(
            account_id=by.account_id,
            file_id=file_id,
            container_id=container_id,
            name=tree[0].name if name is None else name,
        )
        return await world.desk.submit(tx, COPY, params, by=by, key=sent)

    return await world.database.write(body)


async def _check(world: World, tx: Tx, tree: list[File], container_id: int) -> None:
    account_id = tree[0].account_id
    await check_place(tx, account_id, container_id, height(tree))
    await check_room(world, tx, account_id, len(tree), sum(file.size for file in tree))


async def read_contents(run: Run[Copy, World]) -> dict[str, int]:
    """Every content that will be copied is what it was."""
    params, world = run.params, run.world
    try:
        tree = await world.database.read(lambda tx: files.tree(tx, params.account_id, params.file_id))
    except NotFound as gone:
        raise Failure("file-gone", "the file was deleted meanwhile") from gone
    contents, read = content(tree), 0
    whole = sum(contents.values()) or 1
    for digest, size in contents.items():
        await world.blobs.verify(digest)
        read += size
        run.progress(read / whole)
    run.say(f"read {len(contents)} contents, {sum(contents.values())} bytes")
    return {"files": len(tree)}


async def record(run: Run[Copy, World], tx: Tx) -> None:
    """The copies are there. NotFound, Invalid or TooLarge where that is not possible any more."""
    params, world, it = run.params, run.world, run.operation
    tree = await files.tree(tx, params.account_id, params.file_id)
    await _check(world, tx, tree, params.container_id)
    now, ids = world.clock.now(), {tree[0].container_id: params.container_id}
    copies: list[File] = []
    for file in tree:
        ids[file.id] = world.ids.next()
        name = params.name if file is tree[0] else file.name
        container_id = ids[file.container_id]
        changes = {"id": ids[file.id], "container_id": container_id, "name": name}
        copies.append(msgspec.structs.replace(file, **changes, operation_id=it.id, created_at=now))
    await files.insert(tx, *copies)
    by = Actor(account_id=it.account_id)
    data = {"copy": ids[tree[0].id], "name": params.name, "files": len(tree)}
    tx.append(NewEvent(at=now, name="file.copied", operation=it.id, target=it.target, by=by, data=data))


COPY: OperationType[Copy, World] = OperationType(
    name="file.copy",
    params=Copy,
    target=lambda params: f"file:{params.file_id}",
    steps=(Step(title="read what is copied", do=read_contents, seconds_max=SECONDS_MAX),),
    record=record,
    summary=lambda params: f"copy a file as {params.name}",
)
