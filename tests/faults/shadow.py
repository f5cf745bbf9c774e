"""What a power loss leaves of SQLite's files: each as it was when it was last synced, and of later writes any part.

A VFS between SQLite and the machine keeps, for each file, the bytes that have been synced and the writes that have
not. `left` makes an image of them, without stopping anybody.
"""

import random
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512
"""What a disk writes whole or not at all."""
NAME, BASE = "shadow", "unix"


class Shadow:
    """One file: what is safe of it, and what was done since, as (offset, data); data None cuts it off there."""

    def __init__(self) -> None:
        self.safe = bytearray()
        self.since: list[tuple[int, bytes | None]] = []

    def sync(self) -> None:
        """All of it is safe."""
        for at, data in self.since:
            _put(self.safe, at, data)
        self.since = []

    def left(self, chance: random.Random, share: float) -> bytes:
        """The safe bytes, and of what was done since each sector with that probability."""
        image = bytearray(self.safe)
        for at, data in list(self.since):
            if data is None:
                if chance.random() < share:
                    _put(image, at, None)
                continue
            for n in range(0, len(data), SECTOR):
                if chance.random() < share:
                    _put(image, at + n, data[n : n + SECTOR])
        return bytes(image)


def _put(image: bytearray, at: int, data: bytes | None) -> None:
    if data is None:
        del image[at:]
        return
    if len(image) < at:
        image.extend(bytes(at - len(image)))
    image[at : at + len(data)] = data


class Shadows(apsw.VFS):
    """The machine's own VFS, made the default, with a shadow of each file of a database."""

    def __init__(self) -> None:
        self.files: dict[str, Shadow] = {}
        self.moment: Any = lambda _what: None
        """Called before each write and each sync, when its effect is not there yet."""
        super().__init__(NAME, BASE, makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> "File":  # noqa: N802
        """See SQLite."""
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        shadow = self.files.setdefault(Path(path).name, Shadow())
        return File(self, shadow, name, flags)

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: N802
        """See SQLite."""
        super().xDelete(name, syncdir)
        self.files.pop(Path(name).name, None)

    def left(self, folder: Path, chance: random.Random, share: float) -> None:
        """Write down there what a power loss now would leave."""
        folder.mkdir()
        for name, shadow in list(self.files.items()):
            (folder / name).write_bytes(shadow.left(chance, share))


class File(apsw.VFSFile):
    """An open file, and its shadow."""

    def __init__(self, shadows: Shadows, shadow: Shadow, name: Any, flags: list[int]) -> None:
        self._shadows = shadows
        self._shadow = shadow
        super().__init__(BASE, name, flags)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        """See SQLite."""
        self._shadows.moment("write")
        super().xWrite(data, offset)
        self._shadow.since.append((offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        """See SQLite."""
        super().xTruncate(newsize)
        self._shadow.since.append((newsize, None))

    def xSync(self, flags: int) -> None:  # noqa: N802
        """See SQLite."""
        self._shadows.moment("sync")
        super().xSync(flags)
        self._shadow.sync()
