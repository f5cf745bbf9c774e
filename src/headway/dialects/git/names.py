"""What git's clients call things: commands, paths, versions."""

import re
import shlex

from headway.dialects.git.service import RECEIVE, UPLOAD

_PROTOCOL = re.compile(r"version=[0-9](:[a-z=0-9]{1,32}){0,4}")


def command(text: str) -> tuple[str, str] | None:
    """The service and the name of the app in `git-receive-pack '/my-app.git'`; None for anything else."""
    try:
        words = shlex.split(text)
    except ValueError:
        return None
    if words[:1] == ["git"] and len(words) == 3:
        words = [f"git-{words[1]}", words[2]]
    if len(words) != 2 or words[0] not in {RECEIVE, UPLOAD}:
        return None
    return words[0], app_name(words[1])


def app_name(path: str) -> str:
    """The app in `/my-app.git`, `my-app.git`, or `my-app`."""
    return path.strip("/").removesuffix(".git")


def protocol(text: str) -> str:
    """The version that a client wishes, as git may be told; nothing where it is none."""
    return text if _PROTOCOL.fullmatch(text) else ""
