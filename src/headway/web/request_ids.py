"""What each request is called, in its answer, in the log and on the events that come of it."""

import itertools
import re
import secrets

_SANE = re.compile(rb"[A-Za-z0-9._:-]{1,64}")


class RequestIds:
    """Ids as the askers send them, where they are sane; else new ones, which nobody else makes."""

    def __init__(self) -> None:
        self._begin = secrets.token_hex(8).encode()
        self._numbers = itertools.count(1)

    def of(self, given: bytes) -> bytes:
        """The `X-Request-ID` that came, if it is a sane one, else a new one: 32 hex digits."""
        if given and _SANE.fullmatch(given):
            return given
        return b"%b%016x" % (self._begin, next(self._numbers))
