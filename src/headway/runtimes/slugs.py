"""Slugs as a container needs them: all files belonging to the app's user.

An overlay shows each file with the owner it has below, and only the owner may change it or, without root,
copy it up at all. What a build left behind belongs to the app already and is used as it is; any other slug
is copied once per app. Copies go when no unit of the app needs them any more.
"""

import hashlib
import os
import secrets
import subprocess
from collections.abc import Collection
from pathlib import Path

from headway.runtimes.unit_folder import remove_tree

_ASIDE = ".gone"
_MAKING = ".new"


class Slugs:
    """The copies made for apps, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fit: set[tuple[Path, int]] = set()

    def fit(self, slug: Path, user: int) -> Path:
        """The slug or a copy of it in which all belongs to the user. Slow the first time. OSError if it cannot."""
        copy = self._copy(slug, user)
        if copy.exists():
            return copy
        if (slug, user) in self._fit or _belongs(slug, user):
            self._fit.add((slug, user))
            return slug
        beside = _unlike_any_other(copy, _MAKING)
        copy.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        copy_tree(slug, beside, user)
        try:
            beside.rename(copy)
        except OSError:
            # Another container of the app, started at the same time, was quicker.
            if not copy.exists():
                raise
            remove_tree(beside)
        return copy

    def put_aside(self, used: Collection[tuple[Path, int]], *, making: bool = True) -> list[Path]:
        """Take the copies that nobody uses out of use, at once; what is to be removed then, which may be slow.

        `making`: copies may be in the making for those who use them. Otherwise what is half made was left by the dead.
        """
        kept = {self._copy(slug, user).name for slug, user in used}
        unused: list[Path] = []
        for copy in list(self._folder.iterdir()) if self._folder.exists() else ():
            if copy.suffix == _ASIDE:
                unused.append(copy)
            elif copy.name.partition(".")[0] not in kept or (copy.suffix == _MAKING and not making):
                unused.append(copy.rename(_unlike_any_other(copy, _ASIDE)))
        return unused

    def _copy(self, slug: Path, user: int) -> Path:
        return self._folder / hashlib.sha256(f"{user} {slug}".encode()).hexdigest()[:32]


def _unlike_any_other(copy: Path, suffix: str) -> Path:
    return copy.with_name(f"{copy.name}.{secrets.token_hex(8)}{suffix}")


def copy_tree(source: Path, target: Path, user: int) -> None:
    """Copy a folder, sharing blocks where the file system can, and give the copy to the user."""
    _do("cp", "-RPp", str(source), str(target))
    give(target, user)


def give(folder: Path, user: int) -> None:
    """Make all in the folder belong to the user, where we may; nothing where it does."""
    if os.geteuid() == 0 and not _belongs(folder, user):
        _do("chown", "-hR", f"{user}:{user}", str(folder))


def _do(*argv: str) -> None:
    done = subprocess.run(argv, check=False, capture_output=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        text = done.stderr.decode(errors="replace").strip()
        number = 28 if "No space left" in text or "quota" in text else 5
        raise OSError(number, text)


def _belongs(folder: Path, user: int) -> bool:
    def owned(place: str) -> bool:
        return os.lstat(place).st_uid == user

    # Plain strings: a slug may hold a hundred thousand files.
    return owned(str(folder)) and all(
        owned(f"{place}/{name}") for place, folders, files in os.walk(folder) for name in folders + files
    )
