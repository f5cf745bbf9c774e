"""Environment variables of an app."""

import re
from collections.abc import Iterable

import msgspec

from headway.errors import Invalid

NAME_LENGTH_MAX = 64
VALUE_LENGTH_MAX = 32_768
HIDDEN = "********"
"""What is shown in place of a secret."""
VEILED_LENGTH_MIN = 4
"""What is shorter is not looked for in what is said: it would be found everywhere."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
_ALIAS = re.compile(r"\$([A-Za-z0-9][A-Za-z0-9_]*)")


class Variable(msgspec.Struct, frozen=True):
    """One variable. Field order is column order."""

    id: int
    app_id: int
    name: str
    value: str
    secret: bool = False
    """Whether its value is told to nobody, and taken out of what builds and hooks say."""

    @property
    def told(self) -> str:
        """Its value, as far as anybody is told."""
        return HIDDEN if self.secret else self.value


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
    elif value == HIDDEN:
        wrong["value"] = "is what is shown in place of a secret, not the secret itself"
    if wrong:
        raise Invalid(**wrong)


def as_told(variables: Iterable[Variable]) -> list[Variable]:
    """The same, without the values of secrets. Versions are made of this: they would help to guess a secret."""
    return [msgspec.structs.replace(it, value=it.told) for it in variables]


def veiled(text: str, secrets: Iterable[str]) -> str:
    """The text without these values, or lines of them."""
    for word in _words(secrets):
        text = text.replace(word, HIDDEN)
    return text


def _words(secrets: Iterable[str]) -> list[str]:
    """The lines of them that are worth looking for, the longest first: one may be a part of another."""
    lines = {line.strip() for value in secrets for line in value.splitlines()}
    return sorted((line for line in lines if len(line) >= VEILED_LENGTH_MIN), key=len, reverse=True)


def secrets_of(variables: Iterable[Variable]) -> frozenset[str]:
    """The values of those that are secret."""
    known = list(variables)
    values = resolved({it.name: it.value for it in known})
    return frozenset(values[it.name] for it in known if it.secret)


def resolved(variables: dict[str, str]) -> dict[str, str]:
    """The variables with aliases (a value that is `$OTHER` and nothing else) replaced by what they name."""
    return {name: _follow(variables, name) for name in variables}


def _follow(variables: dict[str, str], name: str) -> str:
    seen: set[str] = set()
    while (alias := _ALIAS.fullmatch(variables[name])) and alias[1] in variables and name not in seen:
        seen.add(name)
        name = alias[1]
    return variables[name]
