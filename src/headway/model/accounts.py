"""Accounts, and what proves them."""

import re

import msgspec

from headway.errors import Invalid

NAME_LENGTH_MAX = 64
WORDS_LENGTH_MAX = 200
PASSWORD_LENGTH_MIN, PASSWORD_LENGTH_MAX = 12, 1024
TOKEN_PREFIX = "tk-us-"  # noqa: S105 - what every secret of a token begins with
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{NAME_LENGTH_MAX - 1}}}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Account(msgspec.Struct, frozen=True):
    """Somebody who may ask. Field order is column order."""

    id: int
    name: str
    email: str
    created_at: int
    fullname: str = ""
    company: str = ""
    location: str = ""
    payment_defined: bool = True
    """Where it is not, the account is held to the limits of free use."""


class Token(msgspec.Struct, frozen=True):
    """An API token; its secret is known only to its holder. Field order is column order."""

    id: int
    account_id: int
    name: str
    hash: str
    """SHA-256 of the secret, which is random and long, so nothing slower is needed."""
    created_at: int
    last_used_at: int | None


def checked_name(name: str) -> str:
    """The name itself; Invalid where it cannot be an account's. It holds no colon and no @: it goes through Basic."""
    if not _NAME.fullmatch(name):
        raise Invalid(
            username=f"should have 1 to {NAME_LENGTH_MAX} letters, digits, dots, hyphens or underscores, "
            "and begin with a letter or digit"
        )
    return name


def checked_words(**fields: str) -> None:
    """Invalid for each field that is too long, or holds what cannot be shown."""
    wrong = {
        name: f"should have at most {WORDS_LENGTH_MAX} characters, all of them visible"
        for name, words in fields.items()
        if len(words) > WORDS_LENGTH_MAX or _CONTROL.search(words)
    }
    if wrong:
        raise Invalid(**wrong)


def checked_password(password: str) -> str:
    """The password itself; Invalid where it is too short or too long, or could be taken for an API token."""
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        raise Invalid(
            password=f"should have between {PASSWORD_LENGTH_MIN} and {PASSWORD_LENGTH_MAX} characters"
        )
    if password.startswith(TOKEN_PREFIX):
        raise Invalid(password=f"should not begin with {TOKEN_PREFIX}, as API tokens do")
    return password
