"""What a project's `scalingo.json` or `app.json` wants of the app that is made of it. Pure."""

from collections.abc import Callable, Mapping

import msgspec

from headway.model.apps import ContainerType, initial_amount, initial_size

SECRET = "secret"  # noqa: S105 - what generates one
URL = "url"
TEMPLATE = "template"
GENERATORS = frozenset({"", SECRET, URL, TEMPLATE})


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One variable: a default value, or how to make one."""

    value: str = ""
    generator: str = ""
    template: str = ""
    required: bool = False
    """Whether somebody must have set it where there is no value."""


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """How many containers of a type, and how large."""

    amount: int
    size: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All of it that counts here."""

    file: str
    """Where it stood: `scalingo.json`."""
    variables: Mapping[str, Wanted] = {}
    formation: Mapping[str, Shape] = {}
    first_deploy: str = ""
    """Run instead of any postdeploy until a deployment has succeeded."""
    postdeploy: str = ""
    warnings: tuple[str, ...] = ()
    """What of it means nothing here."""


def missing(manifest: Manifest, there: Mapping[str, str]) -> list[str]:
    """The variables that somebody must set first."""
    return [
        name
        for name, it in manifest.variables.items()
        if it.required and not it.generator and not it.value and not there.get(name)
    ]


def defaults(
    manifest: Manifest, there: Mapping[str, str], tokens: Mapping[str, str], secret: Callable[[], str]
) -> dict[str, str]:
    """The variables to set: those that the app has already stay as they are, and none is set to nothing."""
    made = {name: _made(it, tokens, secret) for name, it in manifest.variables.items() if name not in there}
    return {name: value for name, value in made.items() if value}


def _made(it: Wanted, tokens: Mapping[str, str], secret: Callable[[], str]) -> str:
    if it.generator == SECRET:
        return secret()
    text = it.value
    if it.generator:
        text = it.template or ("%URL%" if it.generator == URL else "")
        for name, value in tokens.items():
            text = text.replace(f"%{name}%", value)
    return text


def shaped(formation: list[ContainerType], shapes: Mapping[str, Shape]) -> list[ContainerType]:
    """The formation with these shapes; what somebody has scaled already stays as it is."""
    return [
        msgspec.structs.replace(kind, amount=shape.amount, size=shape.size)
        if (shape := shapes.get(kind.name)) is not None
        and (kind.amount, kind.size) == (initial_amount(kind.name), initial_size())
        else kind
        for kind in formation
    ]
