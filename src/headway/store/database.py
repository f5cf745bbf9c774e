"""The database port: transactions that run as if alone, and a journal for the hot path.

Two engines stand behind it, SQLite and PostgreSQL, and pass one conformance suite. What it promises:

* When `write` or `journal` returns, what it wrote is on disk.
* Bodies given to `write` run one after another, as if alone, on every engine and across processes.
* A body may be run again (another writer won, a connection broke), so it touches nothing but its `tx`.
* Writers that arrive together share a commit.
* A NUL in a text may be read back as U+FFFD: PostgreSQL cannot keep it.
* Events are numbered in the transaction that writes them: one sequence, no gap, no double.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from headway.model.operations import LogLine, NewEvent
from headway.store.marks import Marks
from headway.store.sheets import Query

T = TypeVar("T")
Row = tuple[Any, ...]


class NotUnique(Exception):
    """A unique index refused a row; `index` is its name, as far as the engine tells it."""

    def __init__(self, index: str) -> None:
        self.index = index
        super().__init__(index)


class StorageFull(Exception):
    """The disk or the quota is full: nothing of the transaction was written."""


class Tx(Protocol):
    """One transaction. Nothing of it is seen by others until it has been committed."""

    async def run(self, query: Query, **values: object) -> int:
        """Carry out a statement; the number of rows that it changed. NotUnique where an index refuses."""
        ...

    async def one(self, query: Query, **values: object) -> Row | None:
        """The first row, or None."""
        ...

    async def all(self, query: Query, **values: object) -> list[Row]:
        """Every row."""
        ...

    def append(self, event: NewEvent) -> None:
        """Say what happened; it is numbered and written when the body has ended."""
        ...

    def keep_log(self, operation: int, lines: Sequence[LogLine]) -> None:
        """Keep pieces of an operation's log, written when the body has ended; one that is there is written over."""
        ...

    def after_commit(self, act: Callable[[], None]) -> None:
        """Call `act` once the transaction is on disk; never if it is not."""
        ...


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One guarded statement and what happened if it hits: the hot path's whole transaction.

    The statement returns one row if its guard held (a fence, a phase, a unique index with DO NOTHING), and
    none if it did not; it never fails for a reason that it could guard against. `touches` orders entries of a
    batch: two writers take their rows in the same order. Entries of one batch must not touch the same row.
    `log` are pieces of the log of the operation `id`: a piece that is there already is written over itself.
    """

    query: Query
    values: dict[str, object]
    events: tuple[NewEvent, ...] = ()
    log: tuple[LogLine, ...] = ()
    touches: int = 0


class Touched(msgspec.Struct, frozen=True):
    """What may have changed; whatever is not named here did not."""

    operations: frozenset[int] = frozenset()
    """Operations that something happened to, or whose rows changed."""
    ended: frozenset[int] = frozenset()
    """Those of them that have ended: these surely have."""
    nouns: frozenset[str] = frozenset()
    """Of which other nouns rows changed: `apps`, `tokens`, and so on, as their sheets are called."""


Heard = Callable[[Touched | None], None]
"""Is told what commits changed; None where that is not known: then anything may have."""


class Database(Protocol):
    """One database, open."""

    name: str
    """sqlite or postgres."""
    shared: bool
    """Whether several platforms may work on it at once."""

    @property
    def marks(self) -> Marks | None:
        """By which its processes see each other die; None where one process is alone with its data."""
        ...

    async def open(self) -> None:
        """Connect, and bring the schema forward; Refusal if the schema is newer than this program."""
        ...

    async def close(self) -> None:
        """Finish what was begun and disconnect; twice is fine."""
        ...

    async def write(self, body: Callable[[Tx], Awaitable[T]]) -> T:
        """Run the body in a transaction of its own; what it returns, once that is on disk.

        What the body raises is raised here, and then nothing of it was written.
        """
        ...

    async def read(self, body: Callable[[Tx], Awaitable[T]]) -> T:
        """Run the body against what is committed now; it must not write."""
        ...

    async def journal(self, entry: Entry) -> Row | None:
        """Carry out one entry; its row, once that, its events and its log are on disk, or None if its guard did not hold."""
        ...

    def listen(self, heard: Heard) -> Callable[[], None]:
        """Call `heard` after any commit, here or in another process; several may be told of at once; how to end it.

        For what is written here it has been called before `write` or `journal` returns; for what others write it
        is called soon, and within about a second at the latest. It may be asked for before `open`.
        """
        ...
