"""Operations that a hand moves, and what an asker sends."""

import msgspec

from headway import ids
from headway.domain.world import World
from headway.engine.declare import OperationType, Step
from headway.model.operations import Actor, Detail, Operation, Phase
from headway.store import accounts, operations

REQUEST = "7bee78f7417b42bcace9e588c65d19bf"


class Paint(msgspec.Struct, frozen=True):
    """What is painted."""

    wall: str


async def nothing(_run: object) -> None:
    """A step that a hand does."""


PAINT: OperationType[Paint, World] = OperationType(
    name="wall.paint",
    params=Paint,
    target=lambda params: f"wall:{params.wall}",
    steps=(Step(title="mix", do=nothing), Step(title="brush", do=nothing)),
)


def bearer(secret: str) -> dict[str, str]:
    """The header that says who asks."""
    return {"authorization": f"Bearer {secret}"}


def path(it: Operation, prefix: str = "") -> str:
    """Where it is read."""
    return f"{prefix}/operations/{ids.show(it.id)}"


async def actor(world: World, name: str = "admin") -> Actor:
    """Somebody, as who wants something."""
    account = await world.database.read(lambda tx: accounts.by_name(tx, name))
    return Actor(account_id=account.id, name=name, dialect="workiva", request_id=REQUEST)


async def queued(world: World, wall: str = "north", by: Actor | None = None) -> Operation:
    """An operation that nobody performs yet."""
    who = by or await actor(world)
    return await world.database.write(lambda tx: world.desk.submit(tx, PAINT, Paint(wall), by=who))


async def started(world: World, wall: str = "north", by: Actor | None = None) -> Operation:
    """An operation that has begun."""
    await queued(world, wall, by)
    return (await world.database.write(lambda tx: operations.claim(tx, 1, world.clock.now(), 1)))[0]


async def ended(world: World, it: Operation, phase: Phase, detail: Detail | None = None) -> None:
    """Its end."""
    why = detail if phase is not Phase.SUCCEEDED else None
    assert await world.database.journal(operations.finished(it, world.clock.now(), phase, why))
