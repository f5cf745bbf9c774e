"""Classic buildpacks, as they are published: `bin/detect`, `bin/compile`, `bin/release`, in that order.

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
LIST = ".buildpacks"
"""The file that names several, one on each line."""
ENV_DIR = "/headway/env"
"""Where a pack finds each variable of the app in a file of its name."""
RELEASED = f"{OWN}/released"
PACKS_MAX = 10
_SCRIPT = Path(__file__).parent / "classic.sh"
_INSIDE = "/headway/classic.sh"
_SCHEMES = frozenset({"http", "https", "git", "ssh"})
_ENTRY = re.compile(r"(?:'([^']+)'|\"([^\"]+)\"|([A-Za-z0-9_-]+))\s*:\s*(.*)")
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


def asked_for(variables: Mapping[str, str], listed: str | None) -> tuple[str, ...]:
    """The URLs of the packs that the app asks for, in order; none where it leaves the choice to us.

    Failure `build-error` where one is no place to fetch a pack from.
    """
    one = variables.get(URL, "").strip()
    lines = [one] if one else (listed or "").replace("\r", "\n").split("\n")
    urls = tuple(line.strip() for line in lines if line.strip() and not line.strip().startswith("#"))
    if len(urls) > PACKS_MAX:
        raise wrong(f"{LIST} names {len(urls)} buildpacks, at most {PACKS_MAX} are run")
    for url in urls:
        if urlsplit(url).scheme not in _SCHEMES or not urlsplit(url).hostname or "\0" in url:
            raise wrong(f"a buildpack should be a git, http, https or ssh URL, not {shown(url)}")
    return urls


def plan(urls: tuple[str, ...]) -> Plan:
    """How they are run."""
    return Plan(
        details=tuple(f"Buildpack {shown(_without_secrets(url))}" for url in urls),
        commands=(
            Command(
                title="the buildpack",
                argv=("bash", _INSIDE, ENV_DIR, f"{CACHE}/packs", RELEASED, *urls),
                mounts={_INSIDE: _SCRIPT},
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


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1].replace("''", "'") if value[0] == "'" else value[1:-1].replace('\\"', '"')
    return value


def _without_secrets(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
