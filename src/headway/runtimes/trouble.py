"""What the machine refused, said in our family of errors."""

import errno

from headway.errors import Failure, Retry, Trouble

SCARCE = frozenset({errno.EMFILE, errno.ENFILE})
"""Too many files are open, here or on the whole machine: that passes."""


def as_trouble(error: OSError | Trouble, what: str) -> Trouble:
    """Failure `no-space` for a full disk, Retry for any other trouble of the machine."""
    if isinstance(error, Trouble):
        return error
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Failure("no-space", f"{what}: no space left on the platform's disk")
    return Retry(f"{what}: {error}")
