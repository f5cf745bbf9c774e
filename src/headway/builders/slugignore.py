"""`.slugignore`: what is in the source and does not belong in the slug, removed when everything was built."""

import fnmatch
from pathlib import Path

from headway.builders.threads import Alive
from headway.builders.trees import read_plain, remove, walk

FILE = ".slugignore"
BYTES_MAX = 64 << 10


def patterns(content: bytes) -> tuple[str, ...]:
    """One on each line; blank lines and `#` lines are skipped, and `!` means nothing here."""
    lines = (line.strip() for line in content.decode(errors="replace").splitlines())
    return tuple(line.strip("/") for line in lines if line and line[0] not in "#!" and line.strip("/"))


def matches(path: str, wanted: tuple[str, ...]) -> bool:
    """Whether a path of the slug is named: by its whole path, a part of a pattern standing for one part of it."""
    parts = path.split("/")
    return any(
        len(parts) == len(pattern.split("/"))
        and all(fnmatch.fnmatchcase(*both) for both in zip(parts, pattern.split("/"), strict=True))
        for pattern in wanted
    )


def leave_out(tree: Path, alive: Alive) -> None:
    """Remove what the file names, and the file; nothing where there is none."""
    content = read_plain(tree, FILE, BYTES_MAX)
    if content is None:
        return
    wanted, start = (*patterns(content), FILE), len(str(tree)) + 1
    for found in [it.path for it in walk(tree, alive) if matches(it.path[start:], wanted)]:
        path = Path(found)
        if path.is_dir() and not path.is_symlink():
            remove(path)
        else:
            path.unlink(missing_ok=True)
