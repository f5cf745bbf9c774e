"""The authority port: who issues certificates for names that lead here."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate with its issuers behind it, and its private key; both PEM."""

    chain: str
    key: str

    def __repr__(self) -> str:
        """Nothing of the key: what is shown may end in a log."""
        return f"Issued(chain={len(self.chain)} bytes)"


Prove = Callable[[str, str], AbstractAsyncContextManager[None]]
"""Takes a token and what to answer it with: within the block the name answers so, over plain HTTP."""


class Authority(Protocol):
    """Issues certificates."""

    @property
    def is_open(self) -> bool:
        """Whether there is one at all: the operator has to choose it."""
        ...

    async def issue(self, name: str, prove: Prove) -> Issued:
        """A new certificate for a name, with a new key.

        Failure, with a code that begins with `acme-`, where it will not be issued as things are; Retry where the
        authority does not answer or is too busy.
        """
        ...
