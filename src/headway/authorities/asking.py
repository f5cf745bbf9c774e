"""Questions that block, asked in threads that nobody waits for at the end: one that hangs does not hold up a stop."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Asking:
    """Asks at most `at_once_max` questions at a time; each must have its own limit, for none can be broken off.

    Who stops waiting leaves his question to its limit; until then one more may be asked.
    """

    def __init__(self, at_once_max: int) -> None:
        self._free = asyncio.Semaphore(at_once_max)

    async def ask(self, question: Callable[[], T]) -> T:
        """What it returns, or raises."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def tell(settle: Callable[[Any], None], what: object) -> None:
            # The loop may be closed by then.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(lambda: answer.done() or settle(what))

        def work() -> None:
            try:
                answered = question()
            except BaseException as error:  # noqa: BLE001 - whatever it is, the asker hears it
                tell(answer.set_exception, error)
            else:
                tell(answer.set_result, answered)

        async with self._free:
            threading.Thread(target=work, name="asking", daemon=True).start()
            return await answer
