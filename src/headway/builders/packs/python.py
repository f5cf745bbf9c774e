"""Python: what requirements.txt, uv.lock or pyproject.toml asks for, in a virtual environment inside the slug.

pip is the platform's own, mounted; bytecode is compiled with hashes instead of times, so that a build of the
same source gives the same slug.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

from headway.builders.packs.pack import APP, CACHE, OWN, PROFILE, Command, Pack, Plan, Project
from headway.builders.refusals import shown, wrong
from headway.builders.toolchains import PIP_RUNNER, Machine, Tool

_ENVIRONMENT = f"{OWN}/python"
_PYTHON = f"{_ENVIRONMENT}/bin/python"
_REQUIREMENTS = f"{OWN}/requirements.txt"
_FINISH = f"{OWN}/finish.py"
_FINISH_SOURCE = Path(__file__).parent / "finish_python.py"
_FINISHING = Command(title="compiling", argv=(_PYTHON, "-I", _FINISH))
_PIP = "/headway/pip"
_LOCK = "uv.lock"
_VERSION = re.compile(r"(?:python-)?(\d+)\.(\d+)(?:\.(\d+))?")
_PROFILE = f"""\
export PATH="${{HOME:-{APP}}}/{_ENVIRONMENT}/bin:$PATH"
export PYTHONUNBUFFERED=1
"""


def _detects(project: Project) -> bool:
    return bool(project.files & {"requirements.txt", "pyproject.toml"})


def _plan(project: Project, machine: Machine) -> Plan:
    python, warnings = chosen(project, machine)
    files = {PROFILE: _PROFILE, _FINISH: _FINISH_SOURCE.read_text()}
    if _is_locked(project) and machine.uv is not None:
        return Plan(
            details=(f"Python {python.shown}", f"uv {machine.uv.shown}"),
            warnings=warnings,
            files=files,
            commands=(_virtual_environment(python), _synchronisation(machine.uv, python), _FINISHING),
        )
    if _is_locked(project):
        warnings = (*warnings, f"{_LOCK} is not heeded: this machine has no uv that builds can reach")
    wanted = _wanted(project)
    return Plan(
        details=(f"Python {python.shown}", *(() if wanted else ("No dependencies",))),
        warnings=warnings,
        files=files | _own_requirements(project),
        commands=(_virtual_environment(python), *(_installation(machine, wanted) if wanted else ())),
    )


def _is_locked(project: Project) -> bool:
    """Whether uv has said what exactly is to be installed, and nothing else says it."""
    return {_LOCK, "pyproject.toml"} <= project.files and "requirements.txt" not in project.files


def _synchronisation(uv: Tool, python: Tool) -> Command:
    return Command(
        title="uv sync",
        heading="Installing dependencies",
        argv=(str(uv.path), "sync", "--frozen", "--no-dev", "--no-editable"),
        environment={
            "UV_CACHE_DIR": f"{CACHE}/uv",
            "UV_LINK_MODE": "copy",
            "UV_NO_PROGRESS": "1",
            "UV_PROJECT_ENVIRONMENT": _ENVIRONMENT,
            "UV_PYTHON": str(python.path),
            "UV_PYTHON_DOWNLOADS": "never",
        },
        network=True,
    )


def chosen(project: Project, machine: Machine) -> tuple[Tool, tuple[str, ...]]:
    """The interpreter for the project, with warnings; Failure where the machine has none that fits."""
    if not machine.pythons:
        raise wrong("the project needs Python, and this machine has none that containers can reach")
    file = ".python-version" if ".python-version" in project.files else "runtime.txt"
    asked = _asked(project.text(file))
    if not asked:
        return machine.pythons[0], ()
    parts = _VERSION.fullmatch(asked)
    if not parts:
        raise wrong(
            f"{file} asks for {shown(asked)}, which is not a version of Python, write 3.11 for example"
        )
    minor = (int(parts[1]), int(parts[2]))
    for python in machine.pythons:
        if python.version[:2] == minor:
            differs = parts[3] is not None and int(parts[3]) != python.version[2]
            warning = f"{file} asks for {asked}, this machine has {python.shown}, which is used"
            return python, (warning,) if differs else ()
    there = ", ".join(python.shown for python in machine.pythons)
    raise wrong(f"{file} asks for Python {asked}, this machine has {there}")


def _asked(text: str) -> str:
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return next((line for line in lines if line), "")


def _virtual_environment(python: Tool) -> Command:
    argv = (str(python.path), "-m", "venv", "--without-pip", "--symlinks", _ENVIRONMENT)
    return Command(title="making the virtual environment", argv=argv)


def _installation(machine: Machine, wanted: tuple[str, ...]) -> tuple[Command, ...]:
    if machine.pip is None:
        raise wrong("the project has dependencies, and the platform was installed without pip")
    pip = Command(
        title="pip install",
        heading="Installing dependencies",
        argv=(_PYTHON, f"{_PIP}/{PIP_RUNNER}", "install", "--no-compile", *wanted),
        environment={
            "PIP_CACHE_DIR": f"{CACHE}/pip",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
            "PIP_NO_WARN_SCRIPT_LOCATION": "1",
            "PIP_PROGRESS_BAR": "off",
            "PIP_ROOT_USER_ACTION": "ignore",
        },
        mounts={_PIP: machine.pip},
        network=True,
    )
    return pip, _FINISHING


def _wanted(project: Project) -> tuple[str, ...]:
    """What pip is to install, in its own words."""
    if "requirements.txt" in project.files:
        return ("-r", "requirements.txt") if _asked_for(project.text("requirements.txt")) else ()
    described = _described(project)
    if "build-system" in described:
        return (".",)
    return ("-r", _REQUIREMENTS) if _dependencies(described) else ()


def _asked_for(requirements: str) -> bool:
    lines = (line.strip() for line in requirements.lstrip("\ufeff").splitlines())
    return any(line and not line.startswith("#") for line in lines)


def _own_requirements(project: Project) -> dict[str, str]:
    if "requirements.txt" in project.files:
        return {}
    dependencies = _dependencies(_described(project))
    return {_REQUIREMENTS: "".join(f"{line}\n" for line in dependencies)} if dependencies else {}


def _described(project: Project) -> dict[str, Any]:
    try:
        return tomllib.loads(project.text("pyproject.toml"))
    except tomllib.TOMLDecodeError as error:
        raise wrong(f"pyproject.toml is wrong: {shown(str(error))}") from error


def _dependencies(described: dict[str, Any]) -> list[str]:
    table = described.get("project", {})
    listed: Any = table.get("dependencies", []) if isinstance(table, dict) else table
    if not isinstance(listed, list) or not all(isinstance(line, str) and "\n" not in line for line in listed):
        raise wrong("pyproject.toml is wrong: project.dependencies should be a list of texts")
    return [str(line) for line in listed]


PYTHON = Pack(
    name="python",
    title="Python",
    recognised_by="a requirements.txt or pyproject.toml",
    reads=("requirements.txt", "pyproject.toml", ".python-version", "runtime.txt"),
    notices=(_LOCK,),
    detects=_detects,
    plan=_plan,
)
