"""`headway doctor`: what this machine offers, in words."""

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from headway import app
from headway.builders import toolchains
from headway.cli.output import as_json as json_option
from headway.cli.output import said
from headway.cli.settings import options, settings
from headway.cli.terminal import LEVELS
from headway.clock import SystemClock
from headway.config import Config
from headway.errors import Refusal
from headway.runtimes import machine
from headway.runtimes.port import Offer

ANSWER_SECONDS = 5
DISK_BYTES_MIN = 2 << 30
GIT_MIN = (2, 29)


@click.command()
@options("data", "database")
@json_option
def doctor(file: Path | None, *, as_json: bool, **given: str | None) -> None:
    """Tell what this machine offers: sandbox, limits, disk, database, and tools.

    It ends with 1 where the platform could not run here.
    """
    config = settings(file, **given)
    found = asyncio.run(examined(config))
    said(msgspec.json.encode(found)) if as_json else _print(found)
    sys.exit(any(offer.level == "missing" and offer.name in NEEDED for offer in found))


NEEDED = {"python", "disk", "database"}


def _print(found: list[Offer]) -> None:
    table = Table.grid(padding=(0, 2))
    for offer in found:
        table.add_row(Text(*LEVELS[offer.level]), offer.name, Text(offer.text, overflow="fold"))
    Console().print(table)


async def examined(config: Config) -> list[Offer]:
    """Everything that was looked at."""
    looked = await asyncio.to_thread(machine.look, _existing(config.folder))
    built_with = await toolchains.found()
    return [
        python(),
        *machine.offers(looked),
        disk(config.folder),
        await database(config),
        git(tool("git", "deploys by `git push`", ["git", "--version"])),
        language("node", built_with.node, "Node.js"),
        language("ruby", built_with.ruby, "Ruby"),
        language("bundle", built_with.bundle, "Ruby"),
        language("go", built_with.go, "Go"),
        tool(
            "docker", "containers on several machines, later", ["docker", "info", "-f", "{{.ServerVersion}}"]
        ),
    ]


def python() -> Offer:
    """The Python that the platform, and apps in Python, run on."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Offer(name="python", level="good", text=version)


def disk(folder: Path) -> Offer:
    """Room for slugs and logs."""
    free = shutil.disk_usage(_existing(folder)).free
    text = f"{free / (1 << 30):.1f} GiB free for {folder}"
    return Offer(name="disk", level="good" if free >= DISK_BYTES_MIN else "reduced", text=text)


async def database(config: Config) -> Offer:
    """Whether the database of the settings answers."""
    if not config.database:
        return Offer(name="database", level="good", text=f"SQLite in {config.folder}")
    opened = app.opened(config, SystemClock())
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await opened.open()
            await opened.close()
    except (OSError, TimeoutError, Refusal) as error:
        text = f"PostgreSQL does not answer: {str(error) or 'no answer in time'}"
        return Offer(name="database", level="missing", text=text)
    return Offer(name="database", level="good", text="PostgreSQL answers")


def language(name: str, found: toolchains.Tool | None, apps: str) -> Offer:
    """A program that apps are built with, as builds find it: PATH does not count there."""
    if found is None:
        where = ", ".join(str(folder) for folder in toolchains.FOLDERS)
        text = f"none that builds can reach in {where}; needed for builds of {apps} apps"
        return Offer(name=name, level="missing", text=text)
    return Offer(name=name, level="good", text=f"{found.shown}, {found.path}")


def tool(name: str, use: str, argv: Sequence[str]) -> Offer:
    """A program in PATH, and whether it answers."""
    if shutil.which(name) is None:
        return Offer(name=name, level="missing", text=f"not in PATH; needed for {use}")
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=ANSWER_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return Offer(name=name, level="missing", text=f"in PATH, and does not answer; needed for {use}")
    return Offer(name=name, level="good", text=done.stdout.strip())


def git(found: Offer) -> Offer:
    """What was found of git, judged: pushes are received by a hook that older ones do not know."""
    version = re.search(r"(\d+)\.(\d+)", found.text) if found.level == "good" else None
    if version is None or (int(version[1]), int(version[2])) >= GIT_MIN:
        return found
    least = ".".join(str(part) for part in GIT_MIN)
    return Offer(name="git", level="reduced", text=f"{found.text}; `git push` needs {least} or newer")


def _existing(folder: Path) -> Path:
    """The folder itself, or the nearest above it that is there."""
    return next(it for it in (folder, *folder.absolute().parents) if it.is_dir())
