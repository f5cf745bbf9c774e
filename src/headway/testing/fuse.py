"""A fuse: cuts the power at the n-th thing that happens, and from then on nothing happens any more.

The things are: before and after each transaction, and before and after each call to the world outside. Parts that
are wrapped by one fuse die together, as the parts of a process do; what they act on lives on.
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from headway.store.database import Database, Entry, Heard, Row, Tx

T = TypeVar("T")


class PowerCut(BaseException):
    """The process is dead. No part of it catches this."""


class Fuse:
    """Blows at the `blows_at`-th thing (0: never). `watch` is called at each, with its name."""

    def __init__(self, blows_at: int = 0, watch: Callable[[str], None] | None = None) -> None:
        self._blows_at = blows_at
        self._watch = watch
        self.things: list[str] = []
        self.blown = False

    def through(self, thing: str) -> None:
        """Go on, or die here."""
        if self.blown:
            raise PowerCut(thing)
        self.things.append(thing)
        if self._watch is not None:
            self._watch(thing)
        if len(self.things) == self._blows_at:
            self.blown = True
            raise PowerCut(thing)

    async def around(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        """A call with a chance to die before it, and one after it."""
        self.through(f"before {name}")
        result = await call()
        self.through(f"after {name}")
        return result


class FusedDatabase:
    """A database whose transactions may be the last."""

    def __init__(self, database: Database, fuse: Fuse) -> None:
        self.name = database.name
        self.shared = database.shared
        self.marks = database.marks
        self._database = database
        self._fuse = fuse

    async def open(self) -> None:
        """Nothing: what is behind it is open."""

    async def close(self) -> None:
        """Nothing: what is behind it stays open."""

    async def write(self, body: Callable[[Tx], Awaitable[T]]) -> T:
        """See the port."""
        return await self._fuse.around("write", lambda: self._database.write(body))

    async def journal(self, entry: Entry) -> Row | None:
        """See the port."""
        return await self._fuse.around(entry.query.name, lambda: self._database.journal(entry))

    async def read(self, body: Callable[[Tx], Awaitable[T]]) -> T:
        """See the port; reading changes nothing, so nothing dies here."""
        return await self._database.read(body)

    def listen(self, heard: Heard) -> Callable[[], None]:
        """See the port."""
        return self._database.listen(heard)


class Fused:
    """Any port whose calls may be the last."""

    def __init__(self, port: object, name: str, fuse: Fuse) -> None:
        self._port = port
        self._name = name
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if not inspect.iscoroutinefunction(method):
            return method

        async def call(*arguments: Any, **named: Any) -> Any:
            return await self._fuse.around(f"{self._name}.{name}", lambda: method(*arguments, **named))

        return call
