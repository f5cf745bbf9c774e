"""Marks on PostgreSQL: a lock of a session, which the server frees when the process at its other end dies."""

import secrets
from collections.abc import Sequence
from contextlib import suppress

from headway.clock import Clock
from headway.errors import Unavailable
from headway.store.postgres_link import ERRORS, Link, Lost, Own

ANSWER_SECONDS = 2.0
SETTLED_SECONDS = 3.0
"""How long a mark must have been held before others' absence is believed: they too need time to come back."""
_OURS = 1 << 62
"""In every mark, and in no other lock of ours."""
# Who asks takes the lock for this statement, shared, so that two who ask do not see each other.
_FREE = "SELECT mark FROM unnest($1::bigint[]) AS given (mark) WHERE pg_try_advisory_xact_lock_shared(mark)"


class PostgresMarks:
    """Marks held by a connection that does nothing else."""

    def __init__(self, link: Link, clock: Clock) -> None:
        self._link = link
        self._clock = clock
        self._mark = 0
        self._connection: Own | None = None
        self._since = 0.0

    async def take(self) -> int:
        """Hold a mark, and take it again where it is lost."""
        self._mark = self._mark or secrets.randbelow(_OURS) | _OURS
        try:
            await self._holding()
        except (*ERRORS, Lost) as error:
            self._forget()
            raise Unavailable(f"no mark: {error}") from error
        return self._mark

    async def free(self, marks: Sequence[int]) -> set[int]:
        """Which of these nobody holds."""
        try:
            connection = await self._holding()
            rows = await connection.fetch(_FREE, list(marks), timeout=ANSWER_SECONDS)
        except (*ERRORS, Lost) as error:
            self._forget()
            raise Unavailable(f"whose mark is free cannot be told: {error}") from error
        settled = self._clock.monotonic() - self._since > SETTLED_SECONDS
        return {row[0] for row in rows} - {self._mark} if settled else set()

    async def drop(self) -> None:
        """Hold nothing any more."""
        self._mark = 0
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*ERRORS):
                await connection.close(timeout=ANSWER_SECONDS)

    async def _holding(self) -> Own:
        """The connection that holds the mark. Where the old one is not known to be over yet, waits for that."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._link.connect()
            if self._mark:
                await self._connection.execute("SELECT pg_advisory_lock($1)", self._mark)
            self._since = self._clock.monotonic()
        return self._connection

    def _forget(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
