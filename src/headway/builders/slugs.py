"""Slugs, kept under the digest of their content.

The digest covers sorted paths, kinds, the executable bit, link targets and bytes; never times, owners or the
order on disk. A slug appears by one rename, after everything in it has reached the disk, and the folder of
slugs is synced behind it: a crash at any moment leaves no slug or a whole one.
"""

import ctypes
import errno
import hashlib
import os
import re
import stat
from collections.abc import Collection
from pathlib import Path

import msgspec

from headway.builders.refusals import disk_full_told, shown, wrong
from headway.builders.threads import Alive
from headway.builders.trees import remove, walk
from headway.errors import Failure

_ASIDE = ".gone"
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A slug that is kept."""

    digest: str
    folder: Path
    size_bytes: int


class Slugs:
    """All slugs, one folder each, named by the digest's digits (a colon would trouble overlay mounts)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, tree: Path, alive: Alive) -> Kept:
        """Make the tree a slug and keep it; the tree itself is gone afterwards. Failure `no-space`."""
        with disk_full_told():
            settle(tree, alive)
            digest, size_bytes = digest_of(tree, alive)
            kept = self._path(digest)
            self._folder.mkdir(parents=True, exist_ok=True)
            _sync_all(tree)
            self._publish(tree, kept)
        return Kept(digest=digest, folder=kept, size_bytes=size_bytes)

    def find(self, digest: str) -> Path:
        """The folder of a slug; Failure `slug-missing` if there is none."""
        if not _DIGEST.fullmatch(digest) or not self._path(digest).is_dir():
            raise Failure("slug-missing", f"the slug {shown(digest)} is not kept here")
        return self._path(digest)

    def keep_only(self, digests: Collection[str], before: int, alive: Alive) -> int:
        """Remove the slugs that are not among these and were last kept before that time; how many."""
        wanted, removed = {self._path(it).name for it in digests}, 0
        for slug in list(self._folder.iterdir()) if self._folder.exists() else ():
            alive()
            if slug.suffix == _ASIDE or (slug.name not in wanted and _kept_at(slug) < before):
                removed += self._remove(slug, before)
        return removed

    def _remove(self, slug: Path, before: int) -> bool:
        """Out of the way first: who keeps the same content at this moment finds either a whole slug or none."""
        aside = slug if slug.suffix == _ASIDE else slug.rename(slug.with_suffix(_ASIDE))
        if _kept_at(aside) >= before and not slug.exists():
            aside.rename(slug)
            return False
        remove(aside)
        return True

    def _path(self, digest: str) -> Path:
        return self._folder / digest.removeprefix("sha256:")

    def _publish(self, tree: Path, kept: Path) -> None:
        os.utime(tree)
        while not self._is_published(tree, kept):
            pass
        _sync_folder(self._folder)

    def _is_published(self, tree: Path, kept: Path) -> bool:
        try:
            tree.rename(kept)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
            try:
                os.utime(kept)
            except FileNotFoundError:
                return False  # it was removed at this moment
            remove(tree)
        return True


def _kept_at(slug: Path) -> int:
    return slug.stat().st_mtime_ns // 1000


def settle(tree: Path, alive: Alive) -> None:
    """Bring modes to 644 or 755; drop pipes, sockets and devices.

    Owners stay: what the app's own user built can be run by that user without a copy.
    """
    tree.chmod(0o755)
    for entry in walk(tree, alive):
        mode = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode):
            continue
        if stat.S_ISDIR(mode):
            _set_mode(entry.path, 0o755)
        elif stat.S_ISREG(mode):
            _set_mode(entry.path, 0o755 if mode & stat.S_IXUSR else 0o644)
        else:
            Path(entry.path).unlink()


def _set_mode(path: str, mode: int) -> None:
    os.chmod(path, mode)  # noqa: PTH101 - a path as the walk gives it, no object for each file


def digest_of(tree: Path, alive: Alive) -> tuple[str, int]:
    """The digest of a settled tree, `sha256:…`, and the bytes of its files."""
    lines: list[bytes] = []
    size_bytes = 0
    start = len(os.fsencode(tree)) + 1
    for entry in walk(tree, alive):
        found = entry.stat(follow_symlinks=False)
        path = os.fsencode(entry.path)[start:]
        lines.append(path + b"\0" + _meaning(entry.path, found.st_mode, alive))
        size_bytes += found.st_size if stat.S_ISREG(found.st_mode) else 0
    whole = hashlib.sha256(b"".join(line + b"\0\0" for line in sorted(lines)))
    return f"sha256:{whole.hexdigest()}", size_bytes


def _meaning(path: str, mode: int, alive: Alive) -> bytes:
    if stat.S_ISDIR(mode):
        return b"folder"
    if stat.S_ISLNK(mode):
        return b"link\0" + os.fsencode(os.readlink(path))  # noqa: PTH115 - the raw target, not a Path made of it
    if not stat.S_ISREG(mode):
        raise wrong(f"the build left something that is no file: {shown(path)}")
    kind = b"program\0" if mode & stat.S_IXUSR else b"file\0"
    return kind + _content_digest(path, alive)


def _content_digest(path: str, alive: Alive) -> bytes:
    digest = hashlib.sha256()
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(opened, "rb", buffering=0) as file:
        while piece := file.read(1 << 20):
            alive()
            digest.update(piece)
    return digest.hexdigest().encode()


def _sync_all(tree: Path) -> None:
    """One `syncfs` instead of one `fsync` for each of thousands of files; `sync` where there is none."""
    opened = os.open(tree, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
        if syncfs is None:
            os.sync()
        elif syncfs(opened) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(opened)


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
