"""A type that is made to fail, so that everything it has done must be taken back."""

from typing import Any

import msgspec

from headway.engine.declare import OperationType, P, W
from headway.errors import Failure


def failing_at(type: OperationType[P, W], index: int) -> OperationType[P, W]:
    """The same type, but the step does its work and then fails."""
    step = type.steps[index]

    async def do(run: Any) -> None:
        await step.do(run)
        raise Failure("broken", "the step was made to fail")

    steps = (*type.steps[:index], msgspec.structs.replace(step, do=do), *type.steps[index + 1 :])
    return msgspec.structs.replace(type, steps=steps)
