"""Make many tasks or suites in an operation: all that was sent is on disk when it is accepted, and made in chunks.

Nothing of it is there for anybody before all of it is. Each chunk is made once: what it became is written with it, in
a transaction that also asks whether this node still performs the operation; so a chunk is neither lost nor doubled
wherever the power is cut, and what nobody will end is never half there. These rows are written by steps, not by
`record`: so many would hold up everybody else in one transaction.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from headway.domain.batches import making
from headway.domain.batches.making import New, Noun
from headway.domain.pools.begin import begin, refuse_taken
from headway.domain.pools.guarded import guarded
from headway.domain.world import World
from headway.engine.declare import OperationType, Run, Step
from headway.errors import Failure, Fenced, TooLarge
from headway.ids import parse
from headway.model.batches import CHUNK_SIZE, OBJECTS_MAX, Chunk, Counts, Options
from headway.model.fields import Errors, Unfit
from headway.model.operations import Actor, Detail
from headway.model.pool_operations import PoolOperation
from headway.store import batches, pool_operations, task_suites, tasks
from headway.store.database import Tx

SECONDS_MAX = 3600
INVALID = "validation-error"


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """How many objects there are, in how many chunks, and how they are meant."""

    owner_id: int
    about: str
    """The pool, where there is but one; else the account."""
    total: int
    chunks: int
    options: Options


async def submit(
    world: World,
    type: OperationType[Batch, World],
    items: list[Any],
    options: Options,
    by: Actor,
    *,
    shown: str = "",
    chunk_size: int = CHUNK_SIZE,
) -> PoolOperation:
    """Begin to make them, so many in one transaction. Unfit where the asker has an operation called `shown`; TooLarge."""
    if len(items) > OBJECTS_MAX:
        raise TooLarge(f"at most {OBJECTS_MAX} objects can be made in one operation")
    chunks = [
        msgspec.json.encode(items[start : start + chunk_size]).decode()
        for start in range(0, len(items), chunk_size)
    ]
    params = Batch(
        owner_id=by.account_id,
        about=_about(items, by),
        total=len(items),
        chunks=len(chunks),
        options=options,
    )

    async def body(tx: Tx) -> PoolOperation:
        await refuse_taken(tx, by, shown)
        known = await begin(world, tx, type, params, by=by, shown=shown)
        for n, text in enumerate(chunks):
            await batches.insert(tx, known.operation.id, n, text)
        return known

    return await world.database.write(body)


def _about(items: list[Any], by: Actor) -> str:
    named = {str(it.get("pool_id")) for it in items if isinstance(it, dict)}
    pool_id = parse(named.pop()) if len(named) == 1 else None
    return f"account:{by.account_id}" if pool_id is None else f"pool:{pool_id}"


# -- steps ---------------------------------------------------------------------------------------------------


def check_by(noun: Noun) -> Callable[[Run[Batch, World]], Awaitable[dict[str, Any]]]:
    """The step that finds out which objects are wrong."""

    async def check(run: Run[Batch, World]) -> dict[str, Any]:
        """What is wrong with each is written beside it."""
        wrong = 0
        for n in range(run.params.chunks):
            chunk, new = await _built(run, noun, n)
            errors = {str(at): it for at, it in enumerate(new) if isinstance(it, dict)}
            wrong += len(errors)
            if errors or chunk.errors:
                await _keep_wrong(run, n, errors)
            run.progress((n + 1) / run.params.chunks)
            # A read of SQLite waits for nobody: others have a turn after each chunk.
            await run.world.clock.sleep(0)
        return {"not_valid": wrong}

    return check


async def _keep_wrong(run: Run[Batch, World], n: int, errors: dict[str, Errors]) -> None:
    await guarded(run, lambda tx: batches.found_wrong(tx, run.operation.id, n, errors))


def make_by(noun: Noun) -> Callable[[Run[Batch, World]], Awaitable[None]]:
    """The step that makes the objects that are not."""

    async def make(run: Run[Batch, World]) -> None:
        """What is valid is made, out of sight."""
        _refuse_wrong(run)
        for n in range(run.params.chunks):
            chunk, found = await _built(run, noun, n)
            if chunk.made is None:
                wrong = chunk.errors
                new = [None if str(at) in wrong else it for at, it in enumerate(found)]
                await _make_chunk(run, n, new)
            run.progress((n + 1) / run.params.chunks)

    return make


def _refuse_wrong(run: Run[Batch, World]) -> None:
    wrong, total = run.notes["not_valid"], run.params.total
    if wrong == total or (wrong and not run.params.options.skip_invalid_items):
        raise Failure(INVALID, f"{wrong} of {total} objects are not valid; see the log")


async def _make_chunk(run: Run[Batch, World], n: int, found: list[Any]) -> None:
    if any(isinstance(it, dict) for it in found):
        raise Failure("pool-inappropriate-status", "a pool was changed while the batch was made")
    new: list[New] = [it for it in found if it is not None]

    async def body(tx: Tx) -> None:
        await making.refuse_archived(tx, [it.pool_id for it in new])
        ids = iter(await making.make(run.world, tx, new, batch=run.operation.id, live=False))
        if not await batches.made(tx, run.operation.id, n, [0 if it is None else next(ids) for it in found]):
            raise Fenced("batch")

    try:
        await guarded(run, body)
    except Unfit as refusal:
        raise Failure(refusal.code, str(refusal)) from refusal


async def unmake(run: Run[Batch, World]) -> None:
    """Nothing of it will ever be there."""
    id = run.operation.id

    async def body(tx: Tx) -> None:
        await tasks.forget(tx, id)
        await task_suites.forget(tx, id)
        await batches.unmake(tx, id)

    await guarded(run, body)


async def _built(run: Run[Batch, World], noun: Noun, n: int) -> tuple[Chunk, list[Any]]:
    """A chunk, and each of its objects ready to be made, or what is wrong with it."""
    options = run.params.options

    async def body(tx: Tx) -> tuple[Chunk, making.Rules]:
        chunk = await batches.get(tx, run.operation.id, n)
        assert chunk is not None
        rules = await making.rules_for(
            tx, run.params.owner_id, chunk.objects, allow_defaults=options.allow_defaults
        )
        return chunk, rules

    chunk, rules = await run.world.database.read(body)
    return chunk, making.checked(noun, chunk.objects, rules)


# -- ends ----------------------------------------------------------------------------------------------------


def record_by(noun: Noun) -> Callable[[Run[Batch, World], Tx], Awaitable[None]]:
    """What ends a batch that went well."""

    async def record(run: Run[Batch, World], tx: Tx) -> None:
        """All of it is there, its pools are open if that was wanted, and it is told how many there are."""
        it, world = run.operation, run.world
        by = Actor(account_id=it.account_id)
        await tasks.reveal(tx, it.id)
        await task_suites.reveal(tx, it.id)
        counts = await _per_pool(tx, it.id)
        await making.uploaded(world, tx, noun, counts, by=by, operation=it.id)
        wanted = run.params.options.open_pool
        opened = await making.open_all(world, tx, counts, by, it.id) if wanted else []
        await pool_operations.tell(tx, it.id, _told(run, failed=False) | {"opened": opened})

    return record


async def _per_pool(tx: Tx, id: int) -> Counter[int]:
    counts: Counter[int] = Counter()
    for chunk in await batches.of_operation(tx, id):
        made = zip(chunk.objects, chunk.ids, strict=True)
        counts.update(parse(it["pool_id"]) or 0 for it, became in made if became)
    return counts


async def record_failure(run: Run[Batch, World], tx: Tx, _: Detail) -> None:
    """Nothing of it is there, and it is told how many were wrong."""
    await pool_operations.tell(tx, run.operation.id, _told(run, failed=True))


def _told(run: Run[Batch, World], *, failed: bool) -> dict[str, Any]:
    total, wrong = run.params.total, run.notes.get("not_valid", 0)
    made = 0 if failed else total - wrong
    counts = Counts(
        total_count=total,
        valid_count=total - wrong,
        not_valid_count=wrong,
        success_count=made,
        failed_count=total - made,
    )
    return msgspec.structs.asdict(counts)


def type_of(name: str, noun: Noun) -> OperationType[Batch, World]:
    """The operation type that makes objects of the noun."""
    return OperationType(
        name=name,
        params=Batch,
        target=lambda params: params.about,
        exclusive=False,
        steps=(
            Step(title="see which are valid", do=check_by(noun), seconds_max=SECONDS_MAX),
            Step(title="make them", do=make_by(noun), undo=unmake, seconds_max=SECONDS_MAX),
        ),
        record=record_by(noun),
        record_failure=record_failure,
        summary=lambda params: f"make {params.total} {noun.name.replace('_', ' ')}s",
    )
