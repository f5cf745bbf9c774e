"""The languages that this machine offers to builds and containers."""

import asyncio
import importlib.util
import os
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from headway.builders.threads import in_thread

Version = tuple[int, int, int]
PIP_RUNNER = "__pip-runner__.py"
"""Runs the pip beside it, for the interpreter that it is given to, and shows that nothing else of its folder."""
FOLDERS = (Path("/usr/local/bin"), Path("/usr/local/go/bin"), Path("/usr/bin"))
"""Where languages are looked for; the second is where Go's own archive is unpacked."""
_PYTHON = re.compile(r"python3(\.\d+)?")
_NUMBERS = re.compile(rb"(\d+)\.(\d+)(?:\.(\d+))?")
_OTHERS = ("node", "npm", "uv", "ruby", "bundle", "go")
"""Other programs than Pythons; one that stands beside a language is worth nothing without it."""
_ANSWER_SECONDS = 10
_LANGUAGE_OF = {"npm": "node", "bundle": "ruby"}


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """One program, as a container finds it."""

    path: Path
    version: Version

    @property
    def shown(self) -> str:
        """`3.11.2`."""
        return ".".join(map(str, self.version))


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What is there to build with."""

    pythons: tuple[Tool, ...] = ()
    """The machine's default first, then newest first; one of each minor version."""
    node: Tool | None = None
    npm: Tool | None = None
    pip: Path | None = None
    """The folder of a pip package, which any of the pythons can run."""
    uv: Tool | None = None
    ruby: Tool | None = None
    bundle: Tool | None = None
    go: Tool | None = None


class Once:
    """What `ask` finds, asked for when somebody first wants to know it: programs take their time to answer.

    It is asked for again when something was installed in the folders, or removed.
    """

    def __init__(self, ask: Callable[[], Awaitable[Machine]], folders: Iterable[Path] = FOLDERS) -> None:
        self._ask = ask
        self._folders = tuple(folders)
        self._asking = asyncio.Lock()
        self._found: tuple[object, Machine] | None = None

    async def __call__(self) -> Machine:
        """What the machine offers."""
        async with self._asking:
            now = [_changed(folder) for folder in self._folders]
            if self._found is None or self._found[0] != now:
                self._found = now, await self._ask()
            return self._found[1]


def _changed(folder: Path) -> tuple[int, int]:
    """Which folder it is and when a name in it last came or went; zeros where there is none."""
    try:
        status = folder.stat()
    except OSError:
        return 0, 0
    return status.st_ino, status.st_mtime_ns


async def found(folders: Iterable[Path] = FOLDERS, pip: Path | None = None) -> Machine:
    """Ask the programs in the folders which version they are.

    Only those count that any user can reach, for builds and containers run as users without a home, and that
    lie below the same top folder (`/usr`), for that is what a sandbox shows.
    """
    programs = await in_thread(
        lambda _alive: [program for folder in folders for program in _programs(folder)]
    )
    named = [program for program in programs if _PYTHON.fullmatch(program.name)]
    pythons = [tool for program in named if (tool := await _asked(program))]
    default = next((tool.version[:2] for tool in pythons if tool.path.name == "python3"), None)
    by_name = {program.name: program for program in reversed(programs)}
    others = await _others({name: by_name[name] for name in _OTHERS if name in by_name})
    return Machine(pythons=_one_of_each(pythons, default), pip=pip, **others)


async def _others(programs: Mapping[str, Path]) -> dict[str, Tool | None]:
    told: dict[str, Tool | None] = {}
    for name, program in programs.items():
        language = _LANGUAGE_OF.get(name)
        beside = told.get(language) if language else None
        if not language or beside:
            told[name] = await _asked(program, beside=beside)
    return told


def reachable(program: Path) -> bool:
    """Whether any user may run the program, at the end of all links."""
    try:
        real = program.resolve(strict=True)
        ways = [*real.parents, *program.parents]
        return real.is_file() and all(each.stat().st_mode & 0o001 for each in (real, *ways))
    except (OSError, RuntimeError):
        return False


def own_pip() -> Path | None:
    """The pip that the platform itself was installed with, if it is new enough to be run from elsewhere."""
    spec = importlib.util.find_spec("pip")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    return folder if folder and (folder / PIP_RUNNER).is_file() else None


def _programs(folder: Path) -> list[Path]:
    names = sorted(folder.iterdir()) if folder.is_dir() else []
    wanted = [each for each in names if each.name in _OTHERS or _PYTHON.fullmatch(each.name)]
    return [each for each in wanted if reachable(each) and each.resolve().parts[:2] == folder.parts[:2]]


def _one_of_each(pythons: list[Tool], default: tuple[int, ...] | None) -> tuple[Tool, ...]:
    """By the name at the end of all links, `python3.11`: `python3` is another one after an upgrade."""
    kept: dict[tuple[int, ...], Tool] = {}
    for tool in pythons:
        kept.setdefault(tool.version[:2], Tool(path=tool.path.resolve(), version=tool.version))
    order = sorted(kept.values(), key=lambda tool: (tool.version[:2] == default, tool.version), reverse=True)
    return tuple(order)


async def _asked(program: Path, beside: Tool | None = None) -> Tool | None:
    """What the program says to `--version`; None where it does not work."""
    path = f"{beside.path.parent if beside else program.parent}{os.pathsep}/usr/bin{os.pathsep}/bin"
    try:
        child = await asyncio.create_subprocess_exec(
            program,
            "version" if program.name == "go" else "--version",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PATH": path, "HOME": "/nonexistent"},
            cwd="/",
        )
    except OSError:
        return None
    return _answered(program, await _output(child))


async def _output(child: asyncio.subprocess.Process) -> bytes:
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            return (await child.communicate())[0]
    except TimeoutError:
        return b""
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


def _answered(program: Path, output: bytes) -> Tool | None:
    numbers = _NUMBERS.search(output)
    if numbers is None:
        return None
    major, minor, patch = (int(number or 0) for number in numbers.groups())
    return Tool(path=program, version=(major, minor, patch))
