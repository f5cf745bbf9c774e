"""What the operator's machine says about package indexes, proxies and certificates, ready for a sandbox.

A build behind a mirror needs it: the variables, the settings of pip and npm, and the files that they name.
"""

import configparser
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

_NAMES = frozenset({
    "ALL_PROXY",
    "CURL_CA_BUNDLE",
    "FTP_PROXY",
    "GONOPROXY",
    "GONOSUMDB",
    "GOPRIVATE",
    "GOPROXY",
    "GOSUMDB",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NODE_EXTRA_CA_CERTS",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "UV_DEFAULT_INDEX",
    "UV_INDEX",
    "UV_INDEX_URL",
})
_PREFIXES = ("PIP_", "NPM_CONFIG_")
_NOT_FOR_BUILDS = frozenset({
    "break-system-packages",
    "cache",
    "cache-dir",
    "cachedir",
    "config-file",
    "editable",
    "globalconfig",
    "log",
    "log-file",
    "no-build-isolation",
    "prefix",
    "python",
    "report",
    "require-virtualenv",
    "root",
    "src",
    "target",
    "user",
    "userconfig",
})
_URL = re.compile(r"file://(?:localhost)?(/.+)")
_SYSTEM = (Path("/usr"), Path("/bin"), Path("/lib"), Path("/lib64"), Path("/sbin"))
"""What any sandbox has anyway."""


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a build gets of the operator's machine."""

    environment: Mapping[str, str] = {}
    mounts: Mapping[str, Path] = {}
    """Files and folders that the settings name, by their path: mirrors, certificates, constraints."""
    pip_conf: str = ""
    npmrc: str = ""


def gathered(environment: Mapping[str, str], home: Path, system: Path = Path("/")) -> Surroundings:
    """Read what `environment`, the settings below `home` and those of the system say."""
    kept = {name: value for name, value in environment.items() if _concerns_builds(name)}
    pip_conf = _pip_conf(_pip_files(environment, home, system / "etc"))
    npmrc = "".join(
        _lines(file) for file in (system / "etc/npmrc", system / "usr/etc/npmrc", home / ".npmrc")
    )
    named = _named([*kept.values(), *pip_conf.split("\n"), *npmrc.split("\n")])
    return Surroundings(environment=kept, mounts=named, pip_conf=pip_conf, npmrc=npmrc)


def _concerns_builds(name: str) -> bool:
    upper = name.upper()
    for prefix in _PREFIXES:
        if upper.startswith(prefix):
            return upper.removeprefix(prefix).lower().replace("_", "-") not in _NOT_FOR_BUILDS
    return upper in _NAMES


def _pip_files(environment: Mapping[str, str], home: Path, etc: Path) -> list[Path]:
    """In pip's own order: a later file wins."""
    own = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    last = environment.get("PIP_CONFIG_FILE")
    files = [etc / "xdg/pip/pip.conf", etc / "pip.conf", home / ".pip/pip.conf", own / "pip/pip.conf"]
    return [*files, *([Path(last)] if last else [])]


def _pip_conf(files: Iterable[Path]) -> str:
    merged = configparser.RawConfigParser()
    for file in files:
        try:
            merged.read(file, encoding="utf-8")
        except (OSError, configparser.Error, UnicodeDecodeError):
            continue  # pip itself would refuse it; a build does without
    sections = [section for section in merged.sections() if merged.items(section)]
    return "".join(f"[{section}]\n{_entries(merged, section)}" for section in sections)


def _entries(merged: configparser.RawConfigParser, section: str) -> str:
    entries = [(key, value) for key, value in merged.items(section) if key not in _NOT_FOR_BUILDS]
    return "".join(f"{key} = {value.replace(os.linesep, os.linesep + '    ')}\n" for key, value in entries)


def _lines(file: Path) -> str:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    return "".join(f"{line}\n" for line in lines if line.partition("=")[0].strip() not in _NOT_FOR_BUILDS)


def _named(values: Iterable[str]) -> dict[str, Path]:
    """The files and folders that exist among the words; of an index its parent, for its pages point there."""
    named: dict[str, Path] = {}
    for word in re.split(r"[\s=\"',]+", " ".join(values)):
        url = _URL.fullmatch(word)
        path = Path(url[1]).parent if url else Path(word)
        if (url or word.startswith("/")) and _worth_mounting(path):
            named[str(path)] = path
    return named


def _worth_mounting(path: Path) -> bool:
    try:
        known = len(path.parts) > 2 and not any(path.is_relative_to(each) for each in _SYSTEM)
        return known and path.exists()
    except (OSError, ValueError):
        return False
