"""Brings a schema forward: numbered files, each in one transaction, never one twice.

A file is written for both engines: `-- only: <engine>` begins lines for one of them, `-- all` ends those.
"""

import hashlib
from pathlib import Path

import msgspec

from headway.errors import Conflict
from headway.store.sheets import lines_for

_MIGRATIONS = Path(__file__).parent / "sql" / "migrations"


class Migration(msgspec.Struct, frozen=True):
    """One numbered file."""

    version: int
    name: str
    checksum: str
    text: str

    def statements(self, engine: str) -> list[str]:
        """Its statements in an engine's tongue."""
        body = "\n".join([*lines_for(self.text, engine), ""])
        if engine == "sqlite":
            body = body.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY")
        return [statement.strip() for statement in body.split(";\n") if statement.strip()]


TABLE = (
    "CREATE TABLE IF NOT EXISTS migrations "
    "(version INTEGER NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL)"
)


def migrations() -> list[Migration]:
    """Every migration that this program knows, in order."""
    return [_read(path) for path in sorted(_MIGRATIONS.glob("*.sql"))]


def missing(done: list[tuple[int, str]]) -> list[Migration]:
    """What is yet to be carried out, given the (version, checksum) of what has been.

    Conflict if the schema is newer than this program, or if a file was changed after it was carried out.
    """
    known = {migration.version: migration for migration in migrations()}
    for version, checksum in done:
        if version not in known:
            raise Conflict(f"the database has schema {version}, newer than this program knows")
        if known[version].checksum != checksum:
            raise Conflict(f"migration {known[version].name} was changed after it was carried out")
    carried_out = {version for version, _ in done}
    return [migration for version, migration in known.items() if version not in carried_out]


def _read(path: Path) -> Migration:
    text = path.read_text()
    return Migration(int(path.name[:4]), path.stem, hashlib.sha256(text.encode()).hexdigest(), text)
