"""Streams for a crowd: ten thousand who wait for the same news cost little memory each, and are told at once.

Each is one task with no timer of its own. It waits for its reader to go, the one thing that ASGI lets it wait for,
and is called away from that by a cancellation that it takes back, as `asyncio.timeout` does it. One wheel turns for
all of them: who is idle when it comes round sends a ping, who has been sending the same thing for long is given up.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from starlette.types import Receive, Scope, Send

from headway.web.stream import ENDLESS, PING_SECONDS, SSE_HEADERS, STUCK_SECONDS_MAX

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")
SPOKES = 15
"""A fifteenth of all pings goes out at a time."""


class Source(Protocol[T_co]):
    """Something that says when there is more of it."""

    @property
    def ended(self) -> bool:
        """Whether there will be no more."""
        ...

    def begin(self, wake: Callable[[], None]) -> None:
        """From now on call `wake` whenever there may be more to read."""
        ...

    def end(self) -> None:
        """Nobody reads any more."""
        ...

    async def read(self) -> T_co:
        """What there is by now; nothing (what is not true) where that is nothing new."""
        ...


class Wheel:
    """Comes round to each of its streams every `seconds`; turns only while there are any."""

    def __init__(self, seconds: float = PING_SECONDS) -> None:
        self.seconds = seconds
        self._spokes: list[set[Stream[Any]]] = [set() for _ in range(SPOKES)]
        self._at = 0
        self._turning: asyncio.TimerHandle | None = None

    def join(self, stream: "Stream[Any]") -> None:
        """Come round to it from now on."""
        min(self._spokes, key=len).add(stream)
        if self._turning is None:
            self._turn_on()

    def leave(self, stream: "Stream[Any]") -> None:
        """Come round to it no more."""
        for spoke in self._spokes:
            spoke.discard(stream)

    def _turn_on(self) -> None:
        self._turning = asyncio.get_running_loop().call_later(self.seconds / SPOKES, self._turn)

    def _turn(self) -> None:
        self._turning = None
        self._at = (self._at + 1) % SPOKES
        for stream in tuple(self._spokes[self._at]):
            stream.pulse()
        if any(self._spokes):
            self._turn_on()


class Stream(Generic[T]):
    """An answer of server-sent events: what `form` makes of what is read. Ends with its source."""

    __slots__ = (
        "_called",
        "_form",
        "_headers",
        "_idle",
        "_interrupted",
        "_ping",
        "_pulses",
        "_source",
        "_task",
        "_wheel",
    )

    def __init__(
        self,
        source: Source[T],
        form: Callable[[T], bytes],
        wheel: Wheel,
        *,
        ping: bytes,
        headers: list[tuple[bytes, bytes]] = SSE_HEADERS,
    ) -> None:
        self._source = source
        self._form = form
        self._wheel = wheel
        self._ping = ping
        self._headers = headers
        self._task: asyncio.Task[Any] | None = None
        self._called = False
        """Whether there may be something to read."""
        self._idle = False
        """Whether it listens to its reader now, and may be called away from that."""
        self._interrupted = False
        """Whether a cancellation that is on its way is our own."""
        self._pulses = 0
        """How often the wheel came round since something was sent."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the source ends, the reader is gone, or it takes nothing any more."""
        scope[ENDLESS] = True
        await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        self._task = asyncio.current_task()
        self._source.begin(self._call)
        self._wheel.join(self)
        try:
            while scope["method"] != "HEAD" and not await self._sent(send):
                if self._called:
                    continue
                self._idle = True
                try:
                    while (await receive())["type"] != "http.disconnect":
                        pass
                except asyncio.CancelledError:
                    if not self._was_interrupted():
                        raise
                else:
                    return
                finally:
                    self._idle = False
        except asyncio.CancelledError:
            # It takes nothing any more.
            if not self._was_interrupted():
                raise
            return
        finally:
            self._wheel.leave(self)
            self._source.end()
        await send({"type": "http.response.body", "body": b""})

    def pulse(self) -> None:
        """The wheel has come round."""
        self._pulses += 1
        if self._idle or self._pulses * self._wheel.seconds > STUCK_SECONDS_MAX:
            self._interrupt()

    def _call(self) -> None:
        self._called = True
        if self._idle:
            self._interrupt()

    def _interrupt(self) -> None:
        if not self._interrupted and self._task is not None:
            self._interrupted = True
            self._task.cancel()

    def _was_interrupted(self) -> bool:
        """Whether a cancellation that has arrived was only our own; then it is taken back."""
        interrupted, self._interrupted = self._interrupted, False
        return interrupted and self._task is not None and self._task.uncancel() == 0

    async def _sent(self, send: Send) -> bool:
        """Send what there is, or a ping where one is due; whether there will be no more."""
        self._called = False
        told = await self._source.read()
        if told or self._pulses:
            body = self._form(told) if told else self._ping
            await send({"type": "http.response.body", "body": body, "more_body": True})
            self._pulses = 0
        return self._source.ended
