from typing import Any

import msgspec
import pytest

from headway.domain.apps.scale import SCALE
from headway.domain.operations.begin import begin
from headway.domain.world import World
from headway.engine.declare import OperationType, Step
from headway.errors import Busy, Invalid, NotFound
from headway.model.operations import Actor


class Paint(msgspec.Struct, frozen=True):
    wall: str


async def nothing(_run: Any) -> None:
    """A step that a hand does."""


PAINT: OperationType[Paint, World] = OperationType(
    name="wall.paint",
    params=Paint,
    target=lambda params: f"wall:{params.wall}",
    steps=(Step(title="brush", do=nothing),),
)


async def test_it_is_begun_once_for_each_key(world: World, by: Actor) -> None:
    first = await begin(world, PAINT, {"wall": "north"}, by, "key")
    assert (first.type, first.target, first.account_id) == ("wall.paint", "wall:north", by.account_id)
    assert (await begin(world, PAINT, {"wall": "north"}, by, "key")).id == first.id
    with pytest.raises(Busy):
        await begin(world, PAINT, {"wall": "north"}, by)


async def test_params_that_are_not_its_own_are_refused(world: World, by: Actor) -> None:
    with pytest.raises(Invalid, match="wall"):
        await begin(world, PAINT, {"door": 1}, by)


@pytest.mark.parametrize("type", [None, SCALE])
async def test_ours_are_not_begun_like_this(world: World, by: Actor, type: Any) -> None:
    with pytest.raises(NotFound):
        await begin(world, type, {}, by)


async def test_what_is_the_platforms_own_is_nothing_for_it(world: World, by: Actor) -> None:
    sly = msgspec.structs.replace(PAINT, target=lambda params: f"app:{params.wall}")
    with pytest.raises(Invalid, match="own"):
        await begin(world, sly, {"wall": "1"}, by)
