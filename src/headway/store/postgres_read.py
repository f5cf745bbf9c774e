"""Reading on PostgreSQL: one round trip for one statement, one snapshot for several."""

from collections.abc import Awaitable, Callable, Sequence
from types import CodeType
from typing import Any, TypeVar

from headway.model.operations import LogLine, NewEvent
from headway.store.database import Row, Tx
from headway.store.postgres_link import ERRORS, Connection, Link, say, told
from headway.store.postgres_tx import arguments
from headway.store.sheets import Query

T = TypeVar("T")


class Reads:
    """Carries out bodies that read.

    A statement sees one snapshot by itself; only several need a transaction, which costs two more round trips. Of a
    body nobody knows beforehand what it will ask, so it is first run without; one that asks twice is begun again
    in a transaction, and the next time at once.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._several: set[CodeType] = set()
        """Bodies that have asked more than once."""

    async def read(self, body: Callable[[Tx], Awaitable[T]]) -> T:
        """What the body returns, from one snapshot, which nothing changes."""
        return await self._link.read(lambda connection: self._on(connection, body))

    async def _on(self, connection: Connection, body: Callable[[Tx], Awaitable[T]]) -> T:
        code: CodeType | None = getattr(body, "__code__", None)
        if code is not None and code not in self._several:
            tx = ReadTx(connection, once=True)
            try:
                result = await body(tx)
            except Exception:
                if not tx.asked_again:
                    raise
            else:
                if not tx.asked_again:
                    return result
            self._several.add(code)
        await say(connection, "BEGIN")
        result = await body(ReadTx(connection))
        await say(connection, "COMMIT")
        return result


class AskedAgain(Exception):
    """A body asks for more than the one statement that needs no transaction."""


class ReadTx:
    """What a body sees that reads; with `once`, only its first statement is answered."""

    def __init__(self, connection: Connection, *, once: bool = False) -> None:
        self._connection = connection
        self._once = once
        self._asked = False
        self.asked_again = False
        """Whether it was refused a statement."""

    async def run(self, query: Query, **values: object) -> int:
        """A statement that writes is refused by the server."""
        return len(await self._ask(self._connection.fetch, query, values))

    async def one(self, query: Query, **values: object) -> Row | None:
        """The first row, or None."""
        row = await self._ask(self._connection.fetchrow, query, values)
        return None if row is None else tuple(row)

    async def all(self, query: Query, **values: object) -> list[Row]:
        """Every row."""
        return [tuple(row) for row in await self._ask(self._connection.fetch, query, values)]

    def append(self, event: NewEvent) -> None:
        """Nothing: who only reads has nothing to say."""

    def keep_log(self, operation: int, lines: Sequence[LogLine]) -> None:
        """Nothing either."""

    def after_commit(self, act: Callable[[], None]) -> None:
        """Nothing: nothing is committed."""

    async def _ask(self, ask: Callable[..., Awaitable[Any]], query: Query, values: dict[str, object]) -> Any:
        if self._once and self._asked:
            self.asked_again = True
            raise AskedAgain(query.name)
        self._asked = True
        try:
            return await ask(query.postgres.sql, *arguments(query, values))
        except ERRORS as error:
            raise told(error, self._connection) from error
