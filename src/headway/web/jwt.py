"""Signed tokens for a short time: who somebody is, or that a link may be followed."""

import hmac
import os
import secrets
from pathlib import Path
from typing import Any

import jwt

from headway.clock import SECOND, Clock
from headway.errors import Unauthenticated

_ALGORITHM = "HS256"
_KEY_BYTES = 64
_SEAL_DIGITS = 40


def key_in(folder: Path) -> bytes:
    """The key that is kept in the folder, mode 0600; made on first use."""
    file = folder / "jwt.key"
    if not file.exists():
        _write_once(file, secrets.token_bytes(_KEY_BYTES))
    return file.read_bytes()


class Signer:
    """Signs claims and reads them back. A token made for one purpose is worth nothing for another."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._key = key
        self._clock = clock

    def sign(self, purpose: str, claims: dict[str, Any], seconds: int) -> str:
        """A token with these claims, valid for `seconds`."""
        now = self._clock.now() // SECOND
        return jwt.encode(
            {**claims, "aud": purpose, "iat": now, "exp": now + seconds}, self._key, algorithm=_ALGORITHM
        )

    def seal(self, purpose: str, text: str) -> str:
        """What proves that the text came from us, for this purpose, for ever: 40 hex digits."""
        return hmac.digest(self._key, f"{purpose}:{text}".encode(), "sha256").hex()[:_SEAL_DIGITS]

    def read(self, purpose: str, token: str) -> dict[str, Any]:
        """The claims; Unauthenticated where the token is not ours, not for this, or too old."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=purpose,
                options={"verify_exp": False, "verify_iat": False, "require": ["exp"]},
            )
        except jwt.InvalidTokenError as error:
            raise Unauthenticated("the token is not valid") from error
        if claims["exp"] <= self._clock.now() // SECOND:
            raise Unauthenticated("the token has expired")
        return claims


def _write_once(file: Path, key: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(f".{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, key)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(beside, file)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
