"""Which database a place names: a file for SQLite, a URL for PostgreSQL."""

from pathlib import Path

from headway.clock import Clock
from headway.errors import Invalid
from headway.store.database import Database
from headway.store.sqlite import Sqlite


def named(place: str | Path, clock: Clock) -> Database:
    """The database at this place, not connected yet. Invalid for a URL of another kind."""
    text = str(place)
    if text.startswith(("postgresql://", "postgres://")):
        from headway.store.postgres import Postgres  # noqa: PLC0415 - its driver costs memory that SQLite need not

        return Postgres(text, clock)
    if "://" in text:
        raise Invalid(database="should be a postgresql:// URL, or a file for SQLite")
    return Sqlite(Path(text), clock)
