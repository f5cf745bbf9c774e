"""Environment variables of an app."""

import re

import msgspec

from headway.errors import Invalid

NAME_LENGTH_MAX = 64
VALUE_LENGTH_MAX = 32_768
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
_ALIAS = re.compile(r"\$([A-Za-z0-9][A-Za-z0-9_]*)")


class Variable(msgspec.Struct, frozen=True):
    """One variable. Field order is column order."""

    id: int
    app_id: int
    name: str
    value: str


def checked(name: str, value: str) -> None:
    """Invalid, with every error, where the name or the value breaks the rules."""
    wrong: dict[str, str | list[str]] = {}
    if not _NAME.fullmatch(name):
        wrong["name"] = "should contain only letters, digits and underscores, and not begin with one"
    elif len(name) > NAME_LENGTH_MAX:
        wrong["name"] = f"should have at most {NAME_LENGTH_MAX} characters"
    if len(value) > VALUE_LENGTH_MAX:
        wrong["value"] = f"should have at most {VALUE_LENGTH_MAX} characters"
    elif "\0" in value:
        wrong["value"] = "should not contain a null character"
    if wrong:
        raise Invalid(**wrong)


def resolved(variables: dict[str, str]) -> dict[str, str]:
    """The variables with aliases (a value that is `$OTHER` and nothing else) replaced by what they name."""
    return {name: _follow(variables, name) for name in variables}


def _follow(variables: dict[str, str], name: str) -> str:
    seen: set[str] = set()
    while (alias := _ALIAS.fullmatch(variables[name])) and alias[1] in variables and name not in seen:
        seen.add(name)
        name = alias[1]
    return variables[name]
