"""Passwords, made into what may be kept: slow on purpose, and in a thread, so that nobody else waits."""

import asyncio

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

_ARGON2 = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$rwA163JgOPOoKQYeS5K3BQ$QR2HF7y++Sbjodlk2jSK2mPhS07tNaRsjdwhqp4GK0A"
"""Where there is nothing to compare with this is compared with, so that it takes as long."""


async def hashed(password: str) -> str:
    """What is kept of a password: argon2id, with a salt of its own."""
    return await asyncio.to_thread(_ARGON2.hash, _bytes(password))


async def matches(kept: str | None, password: str) -> bool:
    """Whether that is what `kept` was made of; as slow where there is nothing kept."""
    right = await asyncio.to_thread(_matches, kept or _NOBODYS, _bytes(password))
    return right and kept is not None


def _matches(kept: str, password: bytes) -> bool:
    try:
        return _ARGON2.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
