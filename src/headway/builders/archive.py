"""Unpack an archive of source, trusting nothing of it.

Nothing is ever written through a link: an entry below anything but a folder is refused, and links are made
last, after every one of them has been followed, through all the others, and found to stay inside.
"""

import os
from collections.abc import Collection
from pathlib import Path

import msgspec

from headway.builders.inflate import Inflated, too_large
from headway.builders.refusals import disk_full_told, shown, wrong
from headway.builders.tarball import Entry, Kind, Tarball
from headway.builders.threads import Alive, in_thread
from headway.builders.trees import remove

_NAME_BYTES_MAX = 255
_PATH_BYTES_MAX = 1024
_DEPTH_MAX = 100
_HOPS_MAX = 40
_APPLE_DOUBLE = b"\x00\x05\x16\x07"


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much is unpacked at most."""

    archive_bytes_max: int
    source_bytes_max: int
    """All that comes out of the gzip, headers included."""
    source_files_max: int
    """Entries of any kind."""


async def unpack(archive: Path, folder: Path, limits: Limits) -> None:
    """Make `folder` the one root folder of the tar.gz; nothing is left of it where that fails.

    Files get mode 644 or 755, folders 755, all owned by us; times are now. Failure `build-error` names what
    is wrong, and with which entry; Failure `no-space` where the disk is full.
    """
    await in_thread(lambda alive: _unpack(archive, folder, limits, alive))


def _unpack(archive: Path, folder: Path, limits: Limits, alive: Alive) -> None:
    _small_enough(archive, limits.archive_bytes_max)
    try:
        with disk_full_told(), Inflated(archive, limits.source_bytes_max, alive) as stream:
            folder.mkdir(parents=True)
            _Unpacking(folder, stream, limits).run()
    except BaseException:
        remove(folder)
        raise


def _small_enough(archive: Path, bytes_max: int) -> None:
    try:
        size = archive.stat().st_size
    except FileNotFoundError:
        raise wrong("the archive is not there any more") from None
    if size > bytes_max:
        raise wrong(f"the archive is too large: it has {size:,} bytes, at most {bytes_max:,} are taken")


async def read_some(
    archive: Path, wanted: Collection[str], limits: Limits, bytes_max: int
) -> dict[str, bytes]:
    """The content of those files, by their paths below the root folder; of what is no plain file nothing.

    Failure `build-error` where the archive, or one of them, is too large or broken.
    """
    return await in_thread(lambda alive: _read_some(archive, wanted, limits, bytes_max, alive))


def _read_some(
    archive: Path, wanted: Collection[str], limits: Limits, bytes_max: int, alive: Alive
) -> dict[str, bytes]:
    _small_enough(archive, limits.archive_bytes_max)
    found: dict[str, bytes] = {}
    with Inflated(archive, limits.source_bytes_max, alive) as stream:
        tarball = Tarball(stream)
        for count, entry in enumerate(tarball.entries(), 1):
            if count > limits.source_files_max:
                raise wrong(f"the archive has too many files: more than {limits.source_files_max:,}")
            path = "/".join(_names(entry.name)[1:])
            if path in wanted and entry.kind is Kind.FILE:
                if entry.size > bytes_max:
                    raise wrong(f"{path} is too large, at most {bytes_max:,} bytes are read")
                found[path] = b"".join(tarball.content())
    return found


class _Unpacking:
    """One run over one archive. Paths are tuples of names below the root, `()` being the root."""

    def __init__(self, folder: Path, stream: Inflated, limits: Limits) -> None:
        self._folder = folder
        self._stream = stream
        self._limits = limits
        self._tarball = Tarball(stream)
        self._root: str | None = None
        self._kinds: dict[tuple[str, ...], Kind] = {}
        self._links: dict[tuple[str, ...], str] = {}

    def run(self) -> None:
        for count, entry in enumerate(self._tarball.entries(), 1):
            if count > self._limits.source_files_max:
                raise wrong(f"the archive has too many files: more than {self._limits.source_files_max:,}")
            self._take(entry)
        if self._root is None:
            raise wrong("the archive is empty: it must hold one folder with the source in it")
        for path in self._links:
            self._follow(path)
        for path, target in self._links.items():
            self._at(path).symlink_to(target)

    def _take(self, entry: Entry) -> None:
        names = _names(entry.name)
        if not names:
            return
        if entry.size > self._stream.left:
            raise too_large(self._limits.source_bytes_max)
        start = self._start(entry)
        if names[-1].startswith("._") and start.startswith(_APPLE_DOUBLE):
            return
        path = self._below_root(names, entry.kind)
        if path == () or (self._kinds.get(path) is entry.kind is Kind.FOLDER):
            return
        if path in self._kinds:
            raise wrong(f"the archive holds the same name twice: {shown(entry.name)}")
        self._ensure_parents(path, entry.name)
        self._kinds[path] = entry.kind
        self._make(path, entry, start)

    def _start(self, entry: Entry) -> bytes:
        return next(self._tarball.content(), b"") if entry.kind is Kind.FILE else b""

    def _below_root(self, names: tuple[str, ...], kind: Kind) -> tuple[str, ...]:
        root, path = names[0], names[1:]
        if self._root not in {None, root}:
            both = f"{shown(self._root or '')} and {shown(root)}"
            raise wrong(f"the archive must hold exactly one folder at its root, but holds {both}")
        if not path and kind is not Kind.FOLDER:
            raise wrong(
                "the archive must hold exactly one folder at its root, "
                f"but holds {shown(root)}, which is a {kind.value}"
            )
        self._root = root
        return path

    def _ensure_parents(self, path: tuple[str, ...], name: str) -> None:
        for length in range(1, len(path)):
            parent = path[:length]
            kind = self._kinds.setdefault(parent, Kind.FOLDER)
            if kind is not Kind.FOLDER:
                raise wrong(
                    f"the archive holds {shown(name)} below {shown('/'.join(parent))}, which is a {kind.value}"
                )
        self._at(path[:-1]).mkdir(parents=True, exist_ok=True)

    def _make(self, path: tuple[str, ...], entry: Entry, start: bytes) -> None:
        match entry.kind:
            case Kind.FILE:
                self._write(path, start, executable=entry.executable)
            case Kind.FOLDER:
                self._at(path).mkdir()
            case Kind.LINK:
                self._links[path] = _checked_target(entry)
            case Kind.HARD_LINK:
                self._link_hard(path, entry)

    def _write(self, path: tuple[str, ...], start: bytes, *, executable: bool) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        opened = os.open(self._at(path), flags, 0o600)
        with os.fdopen(opened, "wb") as file:
            file.write(start)
            for piece in self._tarball.content():
                file.write(piece)
            os.fchmod(opened, 0o755 if executable else 0o644)

    def _link_hard(self, path: tuple[str, ...], entry: Entry) -> None:
        names = _names(entry.target)
        target = names[1:]
        if names[:1] != (self._root,):
            raise wrong(f"the archive holds a hard link that leads outside: {_arrow(entry)}")
        kind = self._kinds.get(target)
        if kind is Kind.LINK:
            self._kinds[path] = Kind.LINK
            self._links[path] = self._links[target]
        elif kind in {Kind.FILE, Kind.HARD_LINK} and target != path:
            os.link(self._at(target), self._at(path), follow_symlinks=False)
        else:
            raise wrong(f"the archive holds a hard link to what is not there: {_arrow(entry)}")

    def _follow(self, path: tuple[str, ...]) -> None:
        """Walk where the link leads as the machine would; Failure where that is outside or without end."""
        at, waiting, hops = list(path[:-1]), _steps(self._links[path]), 1
        while waiting:
            step = waiting.pop()
            if step == "..":
                if not at:
                    raise wrong(f"the archive holds a link that leads outside: {self._told(path)}")
                at.pop()
                continue
            at.append(step)
            target = self._links.get(tuple(at))
            if target is not None:
                hops += 1
                if hops > _HOPS_MAX:
                    raise wrong(f"the archive holds a link that leads in a circle: {self._told(path)}")
                at.pop()
                waiting += _steps(target)

    def _told(self, path: tuple[str, ...]) -> str:
        return f"{shown('/'.join(path))} -> {shown(self._links[path])}"

    def _at(self, path: tuple[str, ...]) -> Path:
        return self._folder.joinpath(*path)


def _steps(target: str) -> list[str]:
    """The steps of a target, the last one first."""
    return [step for step in reversed(target.split("/")) if step not in {"", "."}]


def _names(name: str) -> tuple[str, ...]:
    """The names on the way; Failure where the way is absolute, leads up, or is too long."""
    if name.startswith("/"):
        raise wrong(f"the archive holds an absolute path: {shown(name)}")
    names = tuple(each for each in name.split("/") if each not in {"", "."})
    if ".." in names:
        raise wrong(f"the archive holds a path that leads outside: {shown(name)}")
    if "\0" in name:
        raise wrong(f"the archive holds a name with a null character: {shown(name)}")
    too_long = len(name.encode()) > _PATH_BYTES_MAX or len(names) > _DEPTH_MAX
    if too_long or any(len(each.encode()) > _NAME_BYTES_MAX for each in names):
        raise wrong(f"the archive holds a name that is too long: {shown(name)}")
    return names


def _checked_target(entry: Entry) -> str:
    target = entry.target
    if target.startswith("/"):
        raise wrong(f"the archive holds a link that leads outside: {_arrow(entry)}")
    if not target or "\0" in target or len(target.encode()) > _PATH_BYTES_MAX:
        raise wrong(f"the archive holds a link that leads nowhere: {_arrow(entry)}")
    return target


def _arrow(entry: Entry) -> str:
    return f"{shown(entry.name)} -> {shown(entry.target)}"
