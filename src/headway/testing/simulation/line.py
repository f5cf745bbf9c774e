"""The database as one simulated process reaches it: real SQL in a real database, behind a line that the weather spoils.

The database is a process of its own. What is on its way when a node freezes or dies may still arrive.
"""

import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from headway.clock import Clock
from headway.model.operations import LogLine, NewEvent
from headway.store.database import Database, Entry, Heard, Row, Touched, Tx
from headway.store.sheets import Query
from headway.testing.fuse import PowerCut
from headway.testing.simulation.loop import Loop, Process
from headway.testing.simulation.weather import Way, Weather

T = TypeVar("T")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a process asked of the database. Events carry its number as the request of their actor."""

    number: int
    name: str


class Watcher(Protocol):
    """Who sees everything that the database does."""

    def asked(self, request: Request) -> None:
        """A request has set out."""
        ...

    def writes(self, request: Request, values: Mapping[str, object]) -> None:
        """An entry is about to be carried out."""
        ...

    def guarded(
        self, process: Process, request: Request, values: Mapping[str, object], row: Row | None
    ) -> None:
        """A statement with a fence was carried out, or its guard did not hold."""
        ...

    def leased(self, request: Request, *, good: bool) -> None:
        """The request was for the node's lease, and this is what became of it."""
        ...

    def heard(self, process: Process, request: Request) -> None:
        """The process has its answer, and whoever waited for it goes on with it."""
        ...

    def committed(self) -> None:
        """Something new is on disk."""
        ...


class Harbour:
    """The database's own end of all lines. `dated` is its clock where leases are in its time."""

    def __init__(
        self, loop: Loop, store: Database, weather: Weather, watcher: Watcher, dated: Clock | None
    ) -> None:
        self.loop = loop
        self.store = store
        self.weather = weather
        self.watcher = watcher
        self.dated = dated
        self.process = loop.process("database", ordered=True)
        self._listeners: list[tuple[Process, Heard]] = []
        self._requests = 0
        self.moved = True
        """Whether any body has written something since the last commit."""
        self.commits = 0
        self.journaling = 0
        """How many entries are to be in this or the next commit."""
        self._touched: Touched | None = None

    async def open(self) -> None:
        """Open the database in its own process."""

        async def opened() -> None:
            await self.store.open()
            self.store.listen(self._committed)

        await self.loop.create_task(opened(), context=self.process.context)

    def request(self, name: str) -> Request:
        """A new one."""
        self._requests += 1
        request = Request(number=self._requests, name=name)
        self.watcher.asked(request)
        return request

    def listen(self, process: Process, heard: Heard) -> Callable[[], None]:
        """Tell a process of commits."""
        listener = (process, heard)
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def forget(self, process: Process) -> None:
        """It is dead."""
        self._listeners = [it for it in self._listeners if it[0] is not process]

    def told(self, process: Process) -> Callable[[], None]:
        """What tells a process of the commit that was just now, in case it was its own."""
        touched = self._touched
        heard = [heard for its, heard in self._listeners if its is process]

        def tell() -> None:
            for one in heard:
                one(touched)

        return tell

    def _committed(self, touched: Touched | None) -> None:
        self._touched = touched
        if not self.moved and not self.journaling:
            return
        self.moved = False
        self.commits += 1
        self.watcher.committed()
        for process, heard in self._listeners:
            self.loop.call_later(self.weather.notice(), heard, touched, context=process.context)


class Wire:
    """The port, as one process of a node has it."""

    name = "sqlite"
    shared = True
    marks = None

    def __init__(self, harbour: Harbour, process: Process, node: str) -> None:
        self._harbour = harbour
        self._process = process
        self._node = node
        self._last = 0.0
        self.cut = False
        """The process is dead, and only being cleared away."""

    async def open(self) -> None:
        """Nothing: what is behind it is open."""

    async def close(self) -> None:
        """Nothing: what is behind it stays open."""

    async def write(self, body: Callable[[Tx], Awaitable[T]]) -> T:
        """See the port."""
        harbour, acts = self._harbour, list[Callable[[], None]]()
        request = harbour.request("write")

        async def once(tx: Tx) -> T:
            acts.clear()
            return await body(_Marked(tx, self._process, request, acts, harbour))

        async def in_vain(tx: Tx) -> None:
            await once(tx)
            raise _TakenBack

        async def carried(way: Way) -> T:
            if way.twice:
                with contextlib.suppress(_TakenBack):
                    await harbour.store.write(in_vain)
            return await harbour.store.write(once)

        return await self._through(request, carried, acts)

    async def journal(self, entry: Entry) -> Row | None:
        """See the port."""
        request = self._harbour.request(entry.query.name)
        marked = msgspec.structs.replace(entry, events=tuple(_mark(it, request) for it in entry.events))

        async def carried(_: Way) -> Row | None:
            if request.name != "operations.insert":
                self._harbour.watcher.writes(request, entry.values)
            self._harbour.journaling += 1
            try:
                row = await self._harbour.store.journal(marked)
            finally:
                self._harbour.journaling -= 1
            if request.name != "operations.insert":
                self._harbour.watcher.guarded(self._process, request, entry.values, row)
            return row

        return await self._through(request, carried, [])

    async def read(self, body: Callable[[Tx], Awaitable[T]]) -> T:
        """See the port."""
        request = self._harbour.request("read")
        return await self._through(request, lambda _: self._harbour.store.read(body), [])

    def listen(self, heard: Heard) -> Callable[[], None]:
        """See the port."""
        return self._harbour.listen(self._process, heard)

    async def _through(  # noqa: C901 - one request's whole way, in its order
        self, request: Request, carried: Callable[[Way], Awaitable[T]], acts: list[Callable[[], None]]
    ) -> T:
        if self.cut:
            raise PowerCut(request.name)
        loop, harbour = self._harbour.loop, self._harbour
        way = harbour.weather.way(self._process.name, self._node, loop.time())
        answer = loop.create_future()

        def arrives() -> None:
            if self._process.alive or way.outlives:
                loop.create_task(carries())

        async def carries() -> None:
            result, error, tell, before = None, way.error, _nothing, harbour.commits
            try:
                if way.carried_out:
                    result = await carried(way)
                    tell = harbour.told(self._process) if harbour.commits > before else _nothing
            except Exception as its_error:  # noqa: BLE001 - whatever a body raises belongs to its caller
                error = error or its_error
            loop.call_later(way.back, delivered, result, error, tell, context=self._process.context)

        def delivered(result: Any, error: Exception | None, tell: Callable[[], None]) -> None:
            if error is None:
                tell()
            for act in acts if error is None else ():
                loop.call_soon(act)
            if answer.done():
                return
            if error is None:
                answer.set_result(result)
            else:
                answer.set_exception(error)

        loop.call_at(self._arrival(way.there), arrives, context=harbour.process.context)
        result = await answer
        # Not where the answer comes: whoever is told to stop at that very moment never sees it.
        harbour.watcher.heard(self._process, request)
        return result

    def _arrival(self, seconds: float) -> float:
        """A database within the process takes requests in their order, one behind several lines as they come."""
        arrival = self._harbour.loop.time() + seconds
        if self._harbour.dated is None:
            arrival = self._last = max(arrival, self._last)
        return arrival


def _nothing() -> None:
    """Nothing is told."""


class _TakenBack(Exception):
    """The body is to be run again."""


class _Marked:
    """A transaction that marks what it says, and reads leases in the database's time where it has one."""

    def __init__(
        self, tx: Tx, process: Process, request: Request, acts: list[Callable[[], None]], harbour: Harbour
    ) -> None:
        self._tx = tx
        self._process = process
        self._request = request
        self._acts = acts
        self._harbour = harbour

    async def run(self, query: Query, **values: object) -> int:
        count = await self._tx.run(query, **self._in_time(query, values))
        self._harbour.moved = self._harbour.moved or bool(count)
        if query.name == "nodes.renew":
            self._harbour.watcher.leased(self._request, good=bool(count))
        elif "fence" in values and query.name.startswith("operations.") and query.name != "operations.insert":
            row = (values["id"],) if count else None
            self._harbour.watcher.writes(self._request, values)
            self._harbour.watcher.guarded(self._process, self._request, values, row)
        return count

    async def one(self, query: Query, **values: object) -> Row | None:
        row = await self._tx.one(query, **self._in_time(query, values))
        self._harbour.moved = self._harbour.moved or row is not None
        if query.name == "nodes.register":
            self._harbour.watcher.leased(self._request, good=True)
        return row

    async def all(self, query: Query, **values: object) -> list[Row]:
        rows = await self._tx.all(query, **self._in_time(query, values))
        self._harbour.moved = self._harbour.moved or bool(rows)
        return rows

    def append(self, event: NewEvent) -> None:
        self._harbour.moved = True
        self._tx.append(_mark(event, self._request))

    def keep_log(self, operation: int, lines: Sequence[LogLine]) -> None:
        self._tx.keep_log(operation, lines)

    def after_commit(self, act: Callable[[], None]) -> None:
        self._acts.append(act)

    def _in_time(self, query: Query, values: dict[str, object]) -> dict[str, object]:
        dated = self._harbour.dated
        if dated is not None and query.name.startswith("nodes.") and "now" in values:
            return values | {"now": dated.now()}
        return values


def _mark(event: NewEvent, request: Request) -> NewEvent:
    by = msgspec.structs.replace(event.by, request_id=str(request.number))
    return msgspec.structs.replace(event, by=by)
