from typing import Any

import msgspec
import pytest

from headway.domain.apps.create import create
from headway.domain.apps.rename import RENAME, rename
from headway.domain.operations.cancel import cancel
from headway.domain.operations.retry import retry, undo
from headway.domain.world import World
from headway.engine.declare import OperationType, Step
from headway.errors import Conflict, NotFound
from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.operations import Actor, Link, Operation
from headway.store import operations


class Paint(msgspec.Struct, frozen=True):
    wall: str


async def nothing(_run: Any) -> None:
    """A step that a hand does."""


PAINT: OperationType[Paint, World] = OperationType(
    name="wall.paint",
    params=Paint,
    target=lambda params: f"wall:{params.wall}",
    steps=(Step(title="brush", do=nothing),),
    same_again=True,
)
CATALOG = {PAINT.name: PAINT, RENAME.name: RENAME}


@pytest.fixture
async def app(world: World, by: Actor) -> App:
    return await create(world, "hello-world", by)


async def cancelled(world: World, it: Operation, by: Actor) -> Operation:
    return await cancel(world, it.id, "", by=by)


async def test_what_was_cancelled_is_asked_for_again_as_things_are_now(
    world: World, app: App, by: Actor
) -> None:
    first = await cancelled(world, await rename(world, app, "good-morning", by, current=app.name), by)
    second = await retry(world, first.id, by, "key")
    assert (second.type, second.target, second.phase) == (first.type, first.target, 1)
    parent, children = await world.database.read(lambda tx: operations.links(tx, first.id))
    assert (parent, children) == (None, [Link(second.id, first.id, "retry")])
    assert (await retry(world, first.id, by, "key")).id == second.id


async def test_a_type_whose_params_say_all_is_accepted_again_as_it_was(world: World, by: Actor) -> None:
    it = await world.database.write(lambda tx: world.desk.submit(tx, PAINT, Paint("north"), by=by))
    await cancelled(world, it, by)
    again = await retry(world, it.id, by, "key", catalog=CATALOG)
    assert again.params == it.params
    assert (await retry(world, it.id, by, "key", catalog=CATALOG)).id == again.id
    with pytest.raises(Conflict, match="not known"):
        await retry(world, it.id, by)


async def test_what_has_not_failed_is_not_tried_again_and_what_has_not_succeeded_is_not_undone(
    world: World, app: App, by: Actor
) -> None:
    it = await rename(world, app, "good-morning", by, current=app.name)
    with pytest.raises(Conflict):
        await retry(world, it.id, by)
    with pytest.raises(Conflict):
        await undo(world, it.id, by)


async def test_what_nothing_undoes_is_not_undone(world: World, by: Actor) -> None:
    it = await world.database.write(lambda tx: world.desk.submit(tx, PAINT, Paint("north"), by=by))
    with pytest.raises(Conflict, match="nothing undoes"):
        await undo(world, it.id, by, catalog=CATALOG)


async def test_somebody_elses_is_not_there(world: World, app: App, by: Actor, other: Account) -> None:
    it = await cancelled(world, await rename(world, app, "good-morning", by, current=app.name), by)
    with pytest.raises(NotFound):
        await retry(world, it.id, Actor(account_id=other.id))
    with pytest.raises(NotFound):
        await undo(world, 1, by)
