"""Folders that foreign code has had its hands on."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from headway.builders.refusals import shown, wrong
from headway.builders.threads import Alive

_PATH_BYTES_MAX = 4000


def walk(folder: Path, alive: Alive) -> Iterator[os.DirEntry[str]]:
    """Everything below the folder, each folder before what is in it; follows no link, at any depth."""
    waiting = [os.fspath(folder)]
    while waiting:
        alive()
        with os.scandir(waiting.pop()) as inside:
            for entry in inside:
                if len(os.fsencode(entry.path)) > _PATH_BYTES_MAX:
                    raise wrong(f"the build left a path that is too long: {shown(entry.path)}")
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)


def plain_file(folder: Path, name: str) -> Path | None:
    """Where the file really is, if it is a regular one and, at the end of all links, inside the folder."""
    try:
        file = (folder / name).resolve(strict=True)
        return file if file.is_relative_to(folder.resolve()) and file.is_file() else None
    except (OSError, RuntimeError):
        return None


def read_plain(folder: Path, name: str, bytes_max: int) -> bytes | None:
    """The content of such a file, None where there is none; Failure `build-error` where it is too large."""
    file = plain_file(folder, name)
    if file is None:
        return None
    with file.open("rb") as stream:
        content = stream.read(bytes_max + 1)
    if len(content) > bytes_max:
        raise wrong(f"{name} is too large, at most {bytes_max:,} bytes are read")
    return content


def remove(folder: Path) -> None:
    """Remove the folder, however deep and however locked; nothing if there is nothing."""
    if not os.path.lexists(folder):
        return
    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        _remove_by_force(folder)


def _remove_by_force(folder: Path) -> None:
    """`rm` is not troubled by depth; folders without permissions are opened first."""
    subprocess.run(("chmod", "-R", "u+rwX", "--", folder), check=False, stderr=subprocess.DEVNULL)
    done = subprocess.run(("rm", "-rf", "--", folder), check=False, capture_output=True)
    if done.returncode:
        raise OSError(shown(done.stderr))
