"""How a builder says no: one code for what is wrong with the project, one for what is wrong with the disk."""

import errno
from collections.abc import Generator
from contextlib import contextmanager

from headway.errors import Failure

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def wrong(text: str) -> Failure:
    """The project cannot be built; `text` is a sentence for the person who sent it."""
    return Failure("build-error", text)


def full() -> Failure:
    """The disk cannot hold the build."""
    return Failure("no-space", "the disk is full, the build was given up")


def shown(name: str | bytes) -> str:
    """A name from outside, safe in a line of log: nothing unprintable, at most 120 characters."""
    text = name.decode("utf-8", "backslashreplace") if isinstance(name, bytes) else name
    safe = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
    return safe if len(safe) <= 120 else f"{safe[:80]}…{safe[-39:]}"


@contextmanager
def disk_full_told() -> Generator[None]:
    """Turn the machine's "no space left" into Failure `no-space`; other troubles pass."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise full() from error
        raise
