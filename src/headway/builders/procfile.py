"""The Procfile: which process types an app has, and the command of each."""

import re

import msgspec

from headway.builders.refusals import shown, wrong

BYTES_MAX = 64 << 10
NAME_LENGTH_MAX = 24
POSTDEPLOY = "postdeploy"
"""Run once after each deployment, before the new version gets traffic; never scaled."""
RESERVED = frozenset({"one-off"})
"""What the platform calls containers of its own."""
_PLAIN = re.compile(r"[A-Za-z0-9]+")
_TOLERATED = re.compile(r"[A-Za-z0-9_-]+")
_ERRORS_SHOWN_MAX = 20


class Procfile(msgspec.Struct, frozen=True, kw_only=True):
    """What a Procfile says."""

    processes: dict[str, str]
    """Process type to command, in the order of the file."""
    warnings: tuple[str, ...] = ()


def parse(content: bytes) -> Procfile:
    """Read a Procfile: `name: command` on each line, blank lines and `#` lines skipped.

    Failure `build-error` with every error, each with its line.
    """
    if len(content) > BYTES_MAX:
        raise wrong(
            f"the Procfile is too large: it has {len(content):,} bytes, at most {BYTES_MAX:,} are read"
        )
    processes: dict[str, str] = {}
    errors: list[str] = []
    warnings: list[str] = []
    for number, line in _lines(content):
        name, colon, command = (part.strip() for part in line.partition(":"))
        error = _wrong_name(name) if colon else "is not of the form `name: command`"
        error = error or _wrong_entry(name, command, processes)
        if error:
            errors.append(f"line {number} {error}")
            continue
        processes[name] = command
        warnings += [f"line {number}: {warning}" for warning in _doubts(name)]
    if errors:
        raise wrong(_told(errors))
    return Procfile(processes=processes, warnings=tuple(warnings))


def _lines(content: bytes) -> list[tuple[int, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise wrong(f"the Procfile is not UTF-8, see line {line}") from None
    lines = re.split(r"\r\n|\n|\r", text)
    stripped = ((number, line.strip()) for number, line in enumerate(lines, 1))
    return [(number, line) for number, line in stripped if line and not line.startswith("#")]


def _wrong_name(name: str) -> str:
    if not _TOLERATED.fullmatch(name):
        return f"has a name that is not made of letters and digits: {shown(name)!r}"
    if len(name) > NAME_LENGTH_MAX:
        return f"has a name longer than {NAME_LENGTH_MAX} characters: {shown(name)}"
    if name in RESERVED:
        return f"has a name that is kept for the platform: {name}"
    return ""


def _wrong_entry(name: str, command: str, processes: dict[str, str]) -> str:
    if name in processes:
        return f"names {name} a second time"
    if "\0" in command:
        return f"has a null character in the command of {name}"
    return "" if command else f"has no command for {name}"


def _doubts(name: str) -> list[str]:
    doubts: list[str] = []
    if not _PLAIN.fullmatch(name):
        doubts.append(f"{name} has characters that other platforms refuse, they take only letters and digits")
    if name == "release":
        doubts.append(f"release is not executed after a build, use {POSTDEPLOY}")
    if name == "tcp":
        doubts.append("tcp gets a PORT to listen on, but there is no gateway that leads to it from outside")
    return doubts


def _told(errors: list[str]) -> str:
    more = len(errors) - _ERRORS_SHOWN_MAX
    tail = f"; and {more} more" if more > 0 else ""
    return f"the Procfile is wrong: {'; '.join(errors[:_ERRORS_SHOWN_MAX])}{tail}"
