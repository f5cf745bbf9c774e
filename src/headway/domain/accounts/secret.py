"""Secrets of API tokens: made here, kept nowhere."""

import hashlib
import secrets

from headway.model.accounts import TOKEN_PREFIX


def new_secret(prefix: str = TOKEN_PREFIX) -> str:
    """A secret that nobody can guess. It holds no dot, so that it is never taken for a JWT."""
    return f"{prefix}{secrets.token_urlsafe(32)}"


def hash_of(secret: str) -> str:
    """What is kept of a secret: SHA-256 in hex. The secret is long and random, so nothing slower is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
