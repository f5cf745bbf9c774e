"""A step and its deadline."""

import asyncio
from collections.abc import Awaitable, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class TooLate(TimeoutError):
    """The step was not done in time, and has been stopped."""


async def within(seconds: float, step: Awaitable[T]) -> T:
    """What the step returns, in the task of the caller; TooLate where it is stopped at its deadline.

    A step that never waits cannot be stopped, and costs no timer.
    """
    begun = _Begun(step)
    if begun.begin():
        return begun.result
    return await _watched(seconds, begun)


async def _watched(seconds: float, begun: "_Begun[T]") -> T:
    # Not asyncio's timeout: it trusts the task's count of cancels, which a TaskGroup in a step may spoil.
    task, late = asyncio.current_task(), False

    def stop() -> None:
        nonlocal late
        late = True
        if task is not None:
            task.cancel()

    timer = asyncio.get_running_loop().call_later(seconds, stop)
    try:
        return await begun
    except asyncio.CancelledError:
        if not late or task is None:
            raise
        task.uncancel()
        raise TooLate from None
    finally:
        timer.cancel()


class _Begun(Generic[T]):
    """What is left of an awaitable after its first move."""

    result: T

    def __init__(self, step: Awaitable[T]) -> None:
        self._rest = step.__await__()

    def begin(self) -> bool:
        """Make the first move; whether it was the last one."""
        try:
            self._waits_for = next(self._rest)
        except StopIteration as end:
            self.result = end.value
            return True
        return False

    def __await__(self) -> Generator[Any, Any, T]:
        waits_for = self._waits_for
        while True:
            try:
                try:
                    told = yield waits_for
                except BaseException as error:  # noqa: BLE001 - whatever it is, it is for the step
                    waits_for = self._rest.throw(error)
                else:
                    waits_for = self._rest.send(told)
            except StopIteration as end:
                return end.value
