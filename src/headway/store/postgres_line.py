"""A line of callers who share transactions, and the one task that carries these out."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from headway.errors import Unavailable

W = TypeVar("W")


class Waiting(Generic[W]):
    """Somebody who waits for a piece of work; `result`, `error` and `acts` are what came of it."""

    __slots__ = ("acts", "done", "error", "result", "work")

    def __init__(self, work: W) -> None:
        self.work = work
        self.done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.begin_again()

    def begin_again(self) -> None:
        """Forget what came of an earlier attempt."""
        self.result: Any = None
        self.error: Exception | None = None
        self.acts: Sequence[Callable[[], None]] = ()

    def settle(self) -> None:
        """Tell the caller; what is to happen after the commit happens first."""
        for act in self.acts:
            asyncio.get_running_loop().call_soon(act)
        if self.done.done():
            return
        if self.error is None:
            self.done.set_result(self.result)
        else:
            self.done.set_exception(self.error)


class Line(Generic[W]):
    """Callers in the order in which they came.

    `carry_out` does the work of some in one transaction; what it raises, nobody's work was done. `choose` says
    for each who waits whether they go together, now.
    """

    def __init__(
        self,
        carry_out: Callable[[list[Waiting[W]]], Awaitable[None]],
        choose: Callable[[list[W]], list[bool]],
        together_max: int,
    ) -> None:
        self._carry_out = carry_out
        self._choose = choose
        self._together_max = together_max
        self._waiting: list[Waiting[W]] = []
        self._filled = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    async def join(self, work: W) -> Any:
        """Wait for the work to be done, and return what came of it."""
        mine = Waiting(work)
        self._waiting.append(mine)
        self._idle.clear()
        self._filled.set()
        return await mine.done

    async def serve(self) -> None:
        """Carry out what comes, until cancelled."""
        while True:
            await self._filled.wait()
            batch = self._next()
            if batch:
                await self._attempt(batch)
            if not self._waiting:
                self._filled.clear()
                self._idle.set()

    async def idle(self) -> None:
        """Return when nobody waits."""
        await self._idle.wait()

    def end(self) -> None:
        """Nobody serves any more: tell all who wait."""
        for one in self._waiting:
            one.error = Unavailable("the database is closed")
            one.settle()
        self._waiting = []
        self._idle.set()

    def _next(self) -> list[Waiting[W]]:
        waiting = [one for one in self._waiting if not one.done.done()]
        first, rest = waiting[: self._together_max], waiting[self._together_max :]
        going = self._choose([one.work for one in first])
        self._waiting = [one for one, goes in zip(first, going, strict=True) if not goes] + rest
        return [one for one, goes in zip(first, going, strict=True) if goes]

    async def _attempt(self, batch: list[Waiting[W]]) -> None:
        try:
            await self._carry_out(batch)
        except Exception as error:  # noqa: BLE001 - whatever went wrong belongs to those who wait
            await self._failed(batch, error)
        else:
            for one in batch:
                one.settle()

    async def _failed(self, batch: list[Waiting[W]], error: Exception) -> None:
        """The shared transaction failed: one of them is to blame, unless nobody answers at all."""
        if len(batch) > 1 and not isinstance(error, Unavailable):
            for one in batch:
                await self._attempt([one])
            return
        for one in batch:
            one.begin_again()
            one.error = error
            one.settle()
