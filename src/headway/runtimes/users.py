"""One unprivileged user for each app, for ever: a number is never given to a second app."""

import threading
from collections.abc import Mapping
from pathlib import Path

import msgspec

from headway.runtimes import etc, process_spec
from headway.runtimes.unit_folder import read, write


class _Book(msgspec.Struct, frozen=True):
    next: int
    users: Mapping[str, int]


class Users:
    """The users of all apps, kept in a folder with the /etc of each."""

    def __init__(self, folder: Path, first: int) -> None:
        self._folder = folder
        self._file = folder / "users.json"
        self._first = first
        self._choosing = threading.Lock()

    def of(self, app_id: str) -> int:
        """The app's user; known on disk before it is told. May be asked in any thread."""
        with self._choosing:
            return self._of(app_id)

    def _of(self, app_id: str) -> int:
        book = read(self._file, _Book) or _Book(self._first, {})
        if (user := book.users.get(app_id)) is not None:
            return user
        self._folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        write(self._file, _Book(book.next + 1, {**book.users, app_id: book.next}), durably=True)
        return book.next

    def etc(self, user: int) -> Path:
        """The folder that becomes /etc of containers of the user. Blocks. OSError if it cannot."""
        folder = self._folder / str(user)
        if not (folder / "group").exists():
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            for name, text in process_spec.accounts(user).items():
                (folder / name).write_text(text)
                (folder / name).chmod(0o644)
        etc.fill(folder)
        return folder
