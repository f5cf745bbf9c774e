"""Accounts, and the tokens that prove them."""

import msgspec


class Account(msgspec.Struct, frozen=True):
    """Somebody who may ask. Field order is column order."""

    id: int
    name: str
    email: str
    created_at: int


class Token(msgspec.Struct, frozen=True):
    """An API token; its secret is known only to its holder. Field order is column order."""

    id: int
    account_id: int
    name: str
    hash: str
    """SHA-256 of the secret, which is random and long, so nothing slower is needed."""
    created_at: int
    last_used_at: int | None
