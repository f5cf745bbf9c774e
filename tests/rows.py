"""Rows for tests of the store: nodes that are put and raised, by bodies and by entries."""

from headway.model.operations import Actor, LogLine, NewEvent, Operation, Phase
from headway.store import events, operations
from headway.store.database import Database, Entry, Row, Tx
from headway.store.sheets import parsed

SQL = parsed(
    "test",
    """
-- name: put
INSERT INTO nodes (id, name, epoch, lease_until) VALUES (:id, :name, 0, :at)

-- name: put_if_new
-- only: sqlite
INSERT INTO nodes (id, name, epoch, lease_until) VALUES (:id, :name, 0, 0) ON CONFLICT (name) DO NOTHING RETURNING id
-- only: postgres, many
INSERT INTO nodes (id, name, epoch, lease_until)
SELECT given.id, given.name, 0, 0 FROM unnest(:id::int[], :name::text[]) AS given (id, name)
ON CONFLICT (name) DO NOTHING RETURNING id
-- all

-- name: get
SELECT epoch FROM nodes WHERE id = :id

-- name: set
UPDATE nodes SET epoch = :epoch WHERE id = :id

-- name: up
-- only: sqlite
UPDATE nodes SET epoch = epoch + 1 WHERE id = :id RETURNING id, epoch
-- only: postgres, many
UPDATE nodes SET epoch = nodes.epoch + 1 FROM unnest(:id::int[]) AS given (id)
WHERE nodes.id = given.id RETURNING nodes.id, nodes.epoch
-- all

-- name: up_from
-- only: sqlite
UPDATE nodes SET epoch = epoch + 1 WHERE id = :id AND epoch = :epoch RETURNING id, epoch
-- only: postgres, many
UPDATE nodes SET epoch = nodes.epoch + 1 FROM unnest(:id::int[], :epoch::int[]) AS given (id, epoch)
WHERE nodes.id = given.id AND nodes.epoch = given.epoch RETURNING nodes.id, nodes.epoch
-- all

-- name: end_from
-- only: sqlite
UPDATE nodes SET epoch = -1 WHERE id = :id AND epoch = :epoch RETURNING id, epoch
-- only: postgres, many
UPDATE nodes SET epoch = -1 FROM unnest(:id::int[], :epoch::int[]) AS given (id, epoch)
WHERE nodes.id = given.id AND nodes.epoch = given.epoch RETURNING nodes.id, nodes.epoch
-- all

-- name: say
-- only: sqlite
INSERT INTO operation_log (operation, n, at, text) SELECT :id, :n, 0, 'said'
WHERE EXISTS (SELECT 1 FROM nodes WHERE id = :id AND epoch >= 0) RETURNING operation
-- only: postgres, many
INSERT INTO operation_log (operation, n, at, text) SELECT given.id, n, 0, 'said'
FROM unnest(:id::int[], :n::int[]) AS given (id, n)
WHERE EXISTS (SELECT 1 FROM nodes WHERE nodes.id = given.id AND epoch >= 0) RETURNING operation
-- all

-- name: described
SELECT id, lease_until, name, NULL, (SELECT sum(epoch) FROM nodes), (SELECT count(*) FROM nodes)
FROM nodes WHERE id = :id

-- name: ids
SELECT id FROM nodes ORDER BY id
""",
)


def said(name: str = "test.happened", target: str = "", text: str = "ü \u2028") -> NewEvent:
    return NewEvent(at=1, name=name, target=target, by=Actor(name="tester"), data={"text": text})


async def put(database: Database, *ids: int) -> None:
    async def body(tx: Tx) -> None:
        for id in ids:
            await tx.run(SQL["put"], id=id, name=f"node-{id}", at=0)

    await database.write(body)


async def get(database: Database, id: int) -> int | None:
    async def body(tx: Tx) -> int | None:
        row = await tx.one(SQL["get"], id=id)
        return None if row is None else row[0]

    return await database.read(body)


async def ids(database: Database) -> list[int]:
    async def body(tx: Tx) -> list[int]:
        return [id for (id,) in await tx.all(SQL["ids"])]

    return await database.read(body)


async def numbered(database: Database) -> list[tuple[int, str]]:
    async def body(tx: Tx) -> list[tuple[int, str]]:
        return [(event.seq, event.target) for event in await events.after(tx, 0, 100_000)]

    return await database.read(body)


async def up(tx: Tx) -> None:
    """Add one to node 1 as a body may: read, then write."""
    row = await tx.one(SQL["get"], id=1)
    assert row is not None
    await tx.run(SQL["set"], id=1, epoch=row[0] + 1)


def entry(
    query: str,
    id: int,
    *events: NewEvent,
    touches: int | None = None,
    log: tuple[LogLine, ...] = (),
    **values: object,
) -> Entry:
    """An entry about node `id`."""
    values |= {"id": id}
    touches = id if touches is None else touches
    return Entry(query=SQL[query], values=values, events=events, log=log, touches=touches)


def accepted(id: int, target: str = "app:1") -> Entry:
    operation = Operation(
        id, "app.scale", target, True, Phase.QUEUED, "{}", 1, None, 0, 0, False, 1, 0, None, "", None, 5, None, 5, None
    )  # fmt: skip
    return operations.accepted(operation, Actor())


async def up_and_say(tx: Tx) -> Row | None:
    """Add one to node 1, and say so; its id and what it is then."""
    tx.append(said())
    return await tx.one(SQL["up"], id=1)


async def epoch(tx: Tx) -> int:
    """How often node 1 was raised."""
    row = await tx.one(SQL["get"], id=1)
    assert row is not None
    return row[0]


async def state(database: Database) -> tuple[int | None, list[int]]:
    """How often node 1 was raised, and the numbers of all events."""
    return await get(database, 1), [seq for seq, _ in await numbered(database)]
