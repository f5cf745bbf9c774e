"""Read `scalingo.json`, or `app.json`: from a source that is still packed, for it says with which variables to build.

Strict in what counts here, silent about the rest: `app.json` is also what other tools call files of their own.
"""

from pathlib import Path
from typing import Any

import msgspec

from headway.builders.archive import Limits, read_some
from headway.builders.refusals import shown, wrong
from headway.errors import Invalid
from headway.model import variables
from headway.model.manifests import GENERATORS, TEMPLATE, Manifest, Shape, Wanted
from headway.model.sizes import DEFAULT_SIZE, SIZES

NAMES = ("scalingo.json", "app.json")
BYTES_MAX = 256 << 10
COMMAND_LENGTH_MAX = 4096
_UNKNOWN = {
    "addons": "add-ons",
    "firewall_rules": "firewall rules",
    "copy_parent_database_urls": "databases of a parent",
    "buildpacks": "buildpacks (use BUILDPACK_URL or .buildpacks)",
}


class _Variable(msgspec.Struct, frozen=True):
    value: str | bool | int | float | None = None
    generator: str | None = None
    template: str | None = None
    required: bool | str = False


class _Shape(msgspec.Struct, frozen=True):
    amount: int | None = None
    quantity: int | None = None
    size: str | None = None


class _Scripts(msgspec.Struct, frozen=True, rename={"first_deploy": "first-deploy"}):
    first_deploy: str | None = None
    postdeploy: str | None = None


class _File(msgspec.Struct, frozen=True):
    env: dict[str, _Variable | str | bool | int | float | None] | None = None
    formation: dict[str, _Shape] | None = None
    scripts: _Scripts | None = None
    addons: Any = None
    firewall_rules: Any = None
    copy_parent_database_urls: Any = None
    buildpacks: Any = None


async def read(archive: Path, project: str, limits: Limits) -> Manifest | None:
    """The manifest of the project in that folder of the source, or the nearest one above; None without any.

    Failure `build-error` where the archive or the manifest is wrong.
    """
    places = _places(project)
    found = await read_some(archive, frozenset(places), limits, BYTES_MAX)
    file = next((place for place in places if place in found), None)
    return None if file is None else parse(file, found[file])


def _places(project: str) -> list[str]:
    """Where one is looked for, the nearest first."""
    parts = [part for part in project.split("/") if part not in {"", "."}]
    above = ["/".join((*parts[:length], NAMES[0])) for length in range(len(parts) - 1, -1, -1)]
    return [*("/".join((*parts, name)) for name in NAMES), *above]


def parse(file: str, content: bytes) -> Manifest:
    """What it says. Failure `build-error` with what is wrong and where."""
    try:
        said = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"), type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise wrong(f"{file} is wrong: {shown(str(error))}") from None
    scripts = said.scripts or _Scripts()
    try:
        return Manifest(
            file=file,
            variables=_variables(said.env or {}),
            formation={name: _shape(name, it) for name, it in (said.formation or {}).items()},
            first_deploy=_command("first-deploy", scripts.first_deploy),
            postdeploy=_command("postdeploy", scripts.postdeploy),
            warnings=tuple(
                f"{file} wants {what}: there are none here"
                for name, what in _UNKNOWN.items()
                if getattr(said, name)
            ),
        )
    except ValueError as error:
        raise wrong(f"{file} is wrong: {shown(str(error))}") from None


def _variables(said: dict[str, _Variable | str | bool | int | float | None]) -> dict[str, Wanted]:
    return {
        name: _wanted(name, it if isinstance(it, _Variable) else _Variable(value=it))
        for name, it in said.items()
    }


def _wanted(name: str, it: _Variable) -> Wanted:
    value, generator = _text(it.value), it.generator or ""
    try:
        variables.checked(name, value)
    except Invalid as error:
        raise ValueError(f"env, {shown(name)}: {error}") from error
    if generator not in GENERATORS:
        known = ", ".join(sorted(GENERATORS - {""}))
        raise ValueError(f"env, {name}: there is no generator {shown(generator)}, only {known}")
    if generator == TEMPLATE and not it.template:
        raise ValueError(f"env, {name}: the generator template needs a template")
    required = it.required is True or it.required == "true"
    return Wanted(value=value, generator=generator, template=it.template or "", required=required)


def _text(value: str | bool | float | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _shape(name: str, it: _Shape) -> Shape:
    amount, size = it.quantity if it.amount is None else it.amount, it.size or DEFAULT_SIZE
    if amount is None or amount < 0:
        raise ValueError(f"formation, {shown(name)}: amount should be a number, 0 or more")
    if size not in SIZES:
        raise ValueError(f"formation, {shown(name)}: size should be one of {', '.join(SIZES)}")
    return Shape(amount=amount, size=size)


def _command(name: str, text: str | None) -> str:
    command = (text or "").strip()
    if len(command) > COMMAND_LENGTH_MAX or "\0" in command:
        raise ValueError(f"scripts, {name}: is longer than {COMMAND_LENGTH_MAX:,} characters, or has a null")
    return command
