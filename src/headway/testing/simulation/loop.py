"""An event loop whose time and whose order of things are made up: the same seed gives the same run, on any machine.

Time passes only when nobody has anything to do. Which of several ready callbacks is next is chosen by the seed, between
processes freely. Callbacks belong to a `Process` through their context, so that one can be frozen, woken and killed.
"""

import asyncio
import contextlib
import contextvars
import heapq
import itertools
from collections.abc import Callable, Coroutine, Generator
from random import Random
from typing import Any, TypeVar, cast

T = TypeVar("T")
Context = contextvars.Context
BURYING_TURNS_MAX = 2_000


class Stalled(Exception):
    """Nobody has anything to do, ever again."""


class Restless(Exception):
    """There is always something to do, and time does not pass."""


class Process:
    """What dies, and freezes, as one. `fuse` more callbacks of it run, then `blown` is called."""

    def __init__(self, name: str, *, ordered: bool = False) -> None:
        self.name = name
        self.ordered = ordered
        """Whether its callbacks run in the order in which they were asked for."""
        self.alive = True
        self.frozen = False
        self.fuse = 0
        self.blown: Callable[[], None] = lambda: None
        self.kept: list[_Call] = []
        self.context = contextvars.copy_context()
        self.context.run(_PROCESS.set, self)

    def may_run(self) -> bool:
        """One more callback of it is due; whether it runs."""
        if self.fuse:
            self.fuse -= 1
            if not self.fuse:
                self.blown()
        return self.alive and not self.frozen


_PROCESS: contextvars.ContextVar[Process | None] = contextvars.ContextVar("process", default=None)


class _Call(asyncio.TimerHandle):
    """One callback. It knows whose it is."""

    def __init__(
        self, when: float, callback: Callable[..., object], args: Any, loop: "Loop", context: Context | None
    ) -> None:
        context = contextvars.copy_context() if context is None else context
        super().__init__(when, callback, args, loop, context)
        self.process = context.get(_PROCESS) or loop.outside

    def run(self) -> None:
        self._run()


class _Future(asyncio.Future[Any]):
    """Its place in a set does not hang on its address."""

    def __init__(self, number: int, loop: "Loop") -> None:
        super().__init__(loop=loop)
        self._number = number

    def __hash__(self) -> int:
        return self._number


class _Task(asyncio.Task[Any]):
    """Its place in a set does not hang on its address."""

    _number = 0

    def __init__(self, number: int, coro: Any, **named: Any) -> None:
        self._number = number
        super().__init__(coro, **named)

    def __hash__(self) -> int:
        return self._number


class Loop(asyncio.AbstractEventLoop):
    """No selector, no thread, no real time."""

    def __init__(self, random: Random, *, shuffled: bool = True) -> None:
        self._random = random
        self._shuffled = shuffled
        self._time = 0.0
        self._numbers = itertools.count(1)
        self._ready: list[_Call] = []
        self._timers: list[tuple[float, int, _Call]] = []
        self._tasks: list[_Task] = []
        self._tasks_max = 100
        self._processes: list[Process] = []
        self.outside = self.process("outside", ordered=True)
        """Whoever belongs to no other process."""
        self._running = self._closed = False
        self.turns = 0
        """How many callbacks have run."""
        self.turns_at_once_max = float("inf")
        """Where so many run and no time passes, it is Restless."""
        self._passed_at = 0
        self.broken: BaseException | None = None
        """What is to end the run at once."""

    # -- what asyncio asks of a loop -----------------------------------------------------------------------

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._time

    def get_debug(self) -> bool:
        """Never."""
        return False

    def is_running(self) -> bool:
        """Whether callbacks run."""
        return self._running

    def is_closed(self) -> bool:
        """Whether it is over."""
        return self._closed

    def close(self) -> None:
        """Run nothing more."""
        self._closed = True

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """As soon as the seed likes."""
        call = _Call(self._time, callback, args, self, context)
        self._ready.append(call)
        return call

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """After `delay` seconds of its own time."""
        return self.call_at(self._time + max(0.0, delay), callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """At a moment of its own time."""
        call = _Call(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, next(self._numbers), call))
        return call

    def create_future(self) -> asyncio.Future[Any]:
        """A future of this loop."""
        return _Future(next(self._numbers), self)

    def create_task(
        self, coro: Generator[Any, None, T] | Coroutine[Any, Any, T], **named: Any
    ) -> asyncio.Task[T]:
        """A task of this loop."""
        task = _Task(next(self._numbers), coro, loop=self, **named)
        self._tasks.append(task)
        if len(self._tasks) > self._tasks_max:
            self._tasks = [it for it in self._tasks if not it.done()]
            self._tasks_max = 2 * len(self._tasks) + 100
        return task

    async def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> T:  # type: ignore[override]  # noqa: ARG002
        """What a thread would do is done here and now: what is around it stays as it is."""
        return func(*args)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Nothing: what went wrong and nobody asked for died with its process."""

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Nothing: it is passed over when its time comes."""

    # -- running -------------------------------------------------------------------------------------------

    def process(self, name: str, *, ordered: bool | None = None) -> Process:
        """A new process."""
        process = Process(name, ordered=not self._shuffled if ordered is None else ordered)
        self._processes.append(process)
        return process

    def run_until_complete(self, future: Generator[Any, None, T] | Any) -> T:
        """Turn until it is done; what it returns. Stalled where it never will be."""
        task = self.create_task(future, context=self.outside.context)
        with self._turning():
            while not task.done():
                self._let_pass()
                self._turn()
        return task.result()

    def thaw(self, process: Process) -> None:
        """Let it go on with what it had."""
        process.frozen = False
        self._ready += process.kept
        process.kept = []

    def bury(self, rounds_max: int = 50) -> None:
        """Cancel every task, also those of the dead, until all have ended, and close. No time passes."""
        self.broken, self.turns_at_once_max = None, BURYING_TURNS_MAX
        for process in self._processes:
            process.alive, process.fuse = True, 0
            self.thaw(process)
        with self._turning():
            for _ in range(rounds_max):
                self._tasks = [task for task in self._tasks if not task.done()]
                for task in self._tasks:
                    task.cancel()
                self._passed_at = self.turns
                with contextlib.suppress(Restless):
                    while self._ready:
                        self._turn()
        # Whoever will not be cancelled is closed, and what it says to that is of no interest.
        for task in self._tasks:
            with contextlib.suppress(BaseException):
                cast("Coroutine[Any, Any, Any]", task.get_coro()).close()
        self.close()

    @contextlib.contextmanager
    def _turning(self) -> Generator[None]:
        before = asyncio._get_running_loop()  # noqa: SLF001 - a loop is what this is for
        asyncio._set_running_loop(self)  # noqa: SLF001
        self._running = True
        try:
            yield
        finally:
            self._running = False
            asyncio._set_running_loop(before)  # noqa: SLF001

    def _turn(self) -> None:
        call = self._next()
        if call.cancelled():
            return
        if call.process.may_run():
            self.turns += 1
            if self.turns - self._passed_at > self.turns_at_once_max:
                raise Restless(f"{self.turns - self._passed_at} callbacks, and no time passes")
            call.run()
        else:
            call.process.kept.append(call)
        if self.broken is not None:
            raise self.broken

    def _next(self) -> _Call:
        ready = self._ready
        if len(ready) == 1:
            return ready.pop()
        n = int(self._random.random() * len(ready))
        if ready[n].process.ordered:
            n = next(k for k, it in enumerate(ready) if it.process is ready[n].process)
        return ready.pop(n)

    def _let_pass(self) -> None:
        if not self._ready:
            if not self._timers:
                raise Stalled
            self._time = max(self._time, self._timers[0][0])
            self._passed_at = self.turns
        while self._timers and self._timers[0][0] <= self._time:
            self._ready.append(heapq.heappop(self._timers)[2])
