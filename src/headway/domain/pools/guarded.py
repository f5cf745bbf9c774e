"""Rows that a step writes: only while this node performs the operation."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from headway.domain.world import World
from headway.engine.declare import Run
from headway.errors import Fenced
from headway.store import operations
from headway.store.database import Tx

T = TypeVar("T")


async def guarded(run: Run[Any, World], act: Callable[[Tx], Awaitable[T]]) -> T:
    """Write rows of this operation. Fenced where another node performs it by now, or it has ended."""

    async def body(tx: Tx) -> T:
        now = await operations.get(tx, run.operation.id)
        if now is None or now.fence != run.operation.fence or now.phase.terminal:
            raise Fenced(run.operation.type)
        return await act(tx)

    return await run.world.database.write(body)
