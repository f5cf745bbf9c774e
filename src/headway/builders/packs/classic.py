"""Classic buildpacks, as they are published: `bin/detect`, `bin/compile`, `bin/release`, `bin/report`, in that order.

They are fetched and run in the sandbox, one after the other, by a script of ours; what the last one releases is read
when all have ended.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from headway.builders.packs.pack import CACHE, OWN, Command, Plan
from headway.builders.refusals import shown, wrong

URL = "BUILDPACK_URL"
"""The variable that names one."""
NAME = "BUILDPACK_NAME"
"""The variable that chooses one of ours, or of the operator's."""
LIST = ".buildpacks"
"""The file that names several, one on each line."""
ENV_DIR = "/headway/env"
"""Where a pack finds each variable of the app in a file of its name."""
RELEASED = f"{OWN}/released"
REPORT = f"{OWN}/report"
PACKS_MAX = 10
REPORTED_MAX = 50
_REPORTED_LENGTH_MAX = 200
_SCRIPT = Path(__file__).parent / "classic.sh"
_INSIDE = "/headway/classic.sh"
_FOLDERS = "/headway/packs"
"""Where a pack that is a folder of the operator's is seen."""
_SCHEMES = frozenset({"http", "https", "git"})
_SSH = re.compile(r"(?:git\+)?ssh://.*|[^/:@]+@[^/:]+:.*")
_REPORTED = re.compile(r"([A-Za-z0-9_.-]{1,64})\s*:\s*(.+)")
_ENTRY = re.compile(r"(?:'([^']+)'|\"([^\"]+)\"|([A-Za-z0-9_-]+))\s*:\s*(.*)")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_FAULTS = {
    61: "a buildpack could not be fetched",
    62: "no buildpack fits: each says that the project is not for it",
    63: "a buildpack has no bin/detect or no bin/compile",
}


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """What a pack says beside what it built."""

    processes: Mapping[str, str] = {}
    variables: Mapping[str, str] = {}


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One pack that is asked for: fetched from a URL, or a folder of the operator's."""

    url: str
    """As the script takes it."""
    folder: Path | None = None

    @property
    def shown(self) -> str:
        """For people: without a password."""
        return shown(_without_secrets(self.url) if self.folder is None else self.folder.name)


def asked_for(variables: Mapping[str, str], listed: str | None, folder: Path | None) -> tuple[Wanted, ...]:
    """The packs that the app asks for, in order; none where it leaves the choice to us.

    `folder` is where the operator keeps packs: one of them is named by its `file:` URL, or by BUILDPACK_NAME.
    Failure `build-error` where one is no place to fetch a pack from.
    """
    one = variables.get(URL, "").strip()
    lines = [one] if one else (listed or "").replace("\r", "\n").split("\n")
    urls = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
    if not urls and (named := _named(variables.get(NAME, ""), folder)):
        urls = [named]
    if len(urls) > PACKS_MAX:
        raise wrong(f"{LIST} names {len(urls)} buildpacks, at most {PACKS_MAX} are run")
    return tuple(_wanted(url, number, folder) for number, url in enumerate(urls, 1))


def _named(name: str, folder: Path | None) -> str:
    """The URL of the operator's pack of that name; nothing where there is none."""
    is_there = folder is not None and _NAME.fullmatch(name) and (folder / name).is_dir()
    return f"file://{folder}/{name}" if is_there else ""


def _wanted(url: str, number: int, folder: Path | None) -> Wanted:
    if _SSH.fullmatch(url):
        # A key that a build could read would be everybody's who pushes code.
        raise wrong(
            f"a buildpack cannot be fetched over ssh: {shown(_without_secrets(url))}; "
            "builds hold no key, use an https URL (with a token in it if need be)"
        )
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Wanted(url=f"{_FOLDERS}/{number}", folder=_allowed(parts.path, folder))
    if parts.scheme not in _SCHEMES or not parts.hostname or "\0" in url:
        raise wrong(f"a buildpack should be a git, http, https or file URL, not {shown(url)}")
    return Wanted(url=url)


def _allowed(path: str, folder: Path | None) -> Path:
    """The folder, if it really lies in that of the operator."""
    if folder is None:
        raise wrong(f"{shown(path)} is a folder, and this platform has no `buildpack_folder`")
    try:
        found, shelf = Path(path).resolve(strict=True), folder.resolve()
    except (OSError, ValueError):
        found, shelf = folder, folder
    if found == shelf or not found.is_relative_to(shelf) or not found.is_dir():
        raise wrong(f"there is no buildpack {shown(path)} in the platform's `buildpack_folder`")
    return found


def plan(wanted: tuple[Wanted, ...]) -> Plan:
    """How they are run."""
    folders = {it.url: it.folder for it in wanted if it.folder is not None}
    return Plan(
        details=tuple(f"Buildpack {it.shown}" for it in wanted),
        commands=(
            Command(
                title="the buildpack",
                argv=("bash", _INSIDE, ENV_DIR, f"{CACHE}/packs", OWN, *(it.url for it in wanted)),
                mounts={_INSIDE: _SCRIPT, **folders},
                network=True,
            ),
        ),
    )


def fault_of(code: int) -> str:
    """What an exit code of ours says; nothing for one of a pack."""
    return _FAULTS.get(code, "")


def released(text: str) -> Released:
    """What `bin/release` said, as far as it is ours: default process types, and default variables.

    Packs write a little of YAML by hand: two levels, one entry on a line. Anything else is passed over.
    """
    found: dict[str, dict[str, str]] = {}
    section = ""
    for line in text.splitlines():
        entry = _ENTRY.fullmatch(line.strip())
        if entry is None:
            continue
        name, value = entry[1] or entry[2] or entry[3], _unquoted(entry[4])
        if line[:1] not in {" ", "\t"}:
            section = name
        elif value:
            found.setdefault(section, {})[name] = value
    return Released(
        processes=found.get("default_process_types", {}),
        variables={k: v for k, v in found.get("config_vars", {}).items() if _VARIABLE.fullmatch(k)},
    )


def reported(text: str) -> dict[str, str]:
    """What the packs reported: `name: value` lines, up to fifty of them."""
    found = (_REPORTED.fullmatch(line.strip()) for line in text.splitlines())
    entries = {it[1]: shown(_unquoted(it[2]))[:_REPORTED_LENGTH_MAX] for it in found if it}
    return dict(list(entries.items())[:REPORTED_MAX])


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1].replace("''", "'") if value[0] == "'" else value[1:-1].replace('\\"', '"')
    return value


def _without_secrets(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
