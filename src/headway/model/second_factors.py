"""A second factor: codes of six digits that change every thirty seconds (TOTP, RFC 6238), and codes for a lost device."""

import base64
import hashlib
import hmac
import re
import secrets
from urllib.parse import quote, urlencode

import msgspec

from headway.clock import SECOND

STEP_SECONDS = 30
DIGITS = 6
AROUND = 1
"""How many steps a device's clock may be off, either way."""
RECOVERY_CODES = 10
_SECRET_BYTES = 20
_CODE = re.compile(rf"[0-9]{{{DIGITS}}}")


class SecondFactor(msgspec.Struct, frozen=True):
    """An account's device. Field order is column order."""

    account_id: int
    secret: str
    """Base 32, as authenticators want it."""
    confirmed_at: int | None
    """None until the account has shown that its device says the right codes: until then it is not asked for."""
    last_step: int
    """A code of this step or an earlier one is taken no more."""
    recovery: tuple[str, ...]
    """SHA-256 of the codes for a lost device that are left."""


def new_secret() -> str:
    """A secret that nobody can guess."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def new_recovery_codes() -> list[str]:
    """Codes to be kept on paper; each is good once."""
    return [f"{secrets.token_hex(5)}-{secrets.token_hex(5)}" for _ in range(RECOVERY_CODES)]


def hash_of(code: str) -> str:
    """What is kept of a recovery code: it has 80 random bits, so nothing slower is needed."""
    return hashlib.sha256(code.strip().lower().encode()).hexdigest()


def code_at(secret: str, step: int) -> str:
    """What the device shows during a step."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    at = digest[-1] & 15
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(now: int) -> int:
    """The step that a time is in."""
    return now // SECOND // STEP_SECONDS


def step_shown(factor: SecondFactor, code: str, now: int) -> int | None:
    """The step that the code is from, if it is right now and newer than every code that was taken."""
    if not _CODE.fullmatch(code):
        return None
    present = step_of(now)
    return next(
        (
            step
            for step in range(present - AROUND, present + AROUND + 1)
            if step > factor.last_step and hmac.compare_digest(code_at(factor.secret, step), code)
        ),
        None,
    )


def uri(secret: str, issuer: str, account: str) -> str:
    """What an authenticator reads from a picture: `otpauth://totp/…`."""
    label = quote(f"{issuer}:{account}", safe="@")
    given = {"secret": secret, "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS}
    return f"otpauth://totp/{label}?{urlencode(given)}"
