import msgspec
import pytest

from headway.errors import Failure
from headway.testing.failing import failing_at
from tests.testing.walls import PAINT


async def test_the_step_does_its_work_and_then_fails() -> None:
    done: list[str] = []

    class Ran:
        world = params = None

    async def do(_: object) -> None:
        done.append("work")

    steps = (msgspec.structs.replace(PAINT.steps[0], do=do), PAINT.steps[1])
    failing = failing_at(msgspec.structs.replace(PAINT, steps=steps), 0)
    with pytest.raises(Failure, match="made to fail"):
        await failing.steps[0].do(Ran())
    assert done == ["work"]
    assert failing.steps[1] is PAINT.steps[1]
