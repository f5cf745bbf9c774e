"""Skills, and how far each person has each."""

from typing import Any

import msgspec

from headway.model.fields import Errors, Reader, refuse_any

VALUE_MAX = 100


class Skill(msgspec.Struct, frozen=True):
    """One skill. Field order is column order."""

    id: int
    owner_id: int
    name: str
    body: str
    """JSON of everything that was said of it."""
    created_at: int

    @property
    def said(self) -> dict[str, Any]:
        """Everything that was said of it."""
        return msgspec.json.decode(self.body)


class UserSkill(msgspec.Struct, frozen=True):
    """How far somebody has a skill. Field order is column order."""

    id: int
    skill_id: int
    user_id: str
    value: float
    """0 to 100."""
    created_at: int
    modified_at: int


def checked_skill(given: dict[str, Any]) -> str:
    """The name of a new skill; WrongFields with every error."""
    errors: Errors = {}
    name = Reader(given, errors).text("name", required=True, longest=1000)
    refuse_any(errors)
    return name or ""
