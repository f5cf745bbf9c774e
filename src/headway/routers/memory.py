"""What a router remembers: one JSON file per app in a folder, each change safe on disk before it is told."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import quote

import msgspec

from headway.routers.port import Route, Site

T = TypeVar("T", Route, Site)


class Memory(Generic[T]):
    """The records of one kind by app id; reads its folder once, when made. Its files are nobody else's to read."""

    def __init__(self, folder: Path, kind: type[T]) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        found = (msgspec.json.decode(file.read_bytes(), type=kind) for file in folder.glob("*.json"))
        self._records: dict[str, T] = {record.app_id: record for record in found}

    def all(self) -> list[T]:
        """All of them, by app id."""
        return sorted(self._records.values(), key=lambda record: record.app_id)

    def keep(self, changes: Iterable[tuple[str, T | None]]) -> None:
        """Make each the whole record of its app, or forget it, in this order; on disk when it returns."""
        for app_id, record in changes:
            if self._records.get(app_id) == record:
                continue
            if record is None:
                self._file(app_id).unlink(missing_ok=True)
                del self._records[app_id]
            else:
                self._write(self._file(app_id), msgspec.json.encode(record))
                self._records[app_id] = record
        _sync(self._folder)

    def _file(self, app_id: str) -> Path:
        return self._folder / f"{quote(app_id, safe='')}.json"

    def _write(self, file: Path, content: bytes) -> None:
        beside = file.with_suffix(".new")
        with open(beside, "wb", opener=private) as output:
            output.write(content)
            output.flush()
            os.fsync(output.fileno())
        beside.replace(file)


def private(path: str, flags: int) -> int:
    """An opener: the file is made so that only its owner may read it."""
    return os.open(path, flags, 0o600)


def _sync(folder: Path) -> None:
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(at)
    finally:
        os.close(at)
