"""Collaborators: who works on an app beside its owner."""

import re

import msgspec

from headway.errors import Invalid

EMAIL_LENGTH_MAX = 254
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f]+@[^\s@\x00-\x1f\x7f]+")


class Collaborator(msgspec.Struct, frozen=True):
    """Somebody who was invited to an app. Field order is column order."""

    id: int
    app_id: int
    email: str
    account_id: int | None
    """Who has accepted the invitation; None until somebody has."""
    is_limited: bool
    created_at: int


def checked_email(email: str) -> str:
    """The address itself, in lower case; Invalid where it cannot be one."""
    if len(email) > EMAIL_LENGTH_MAX or not _EMAIL.fullmatch(email):
        raise Invalid(email="should be an e-mail address")
    return email.lower()
