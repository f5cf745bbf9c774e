"""Node: what package.json asks for, installed by the machine's npm; without development dependencies at run time."""

from typing import Any

import msgspec

from headway.builders.packs.pack import CACHE, PROFILE, SETTINGS, Command, Pack, Plan, Project
from headway.builders.packs.ranges import allows
from headway.builders.refusals import shown, wrong
from headway.builders.toolchains import Machine, Tool

_LOCKS = frozenset({"package-lock.json", "npm-shrinkwrap.json"})
_ENVIRONMENT = {
    "npm_config_cache": f"{CACHE}/npm",
    "npm_config_userconfig": f"{SETTINGS}/npmrc",
    "npm_config_update_notifier": "false",
    "npm_config_fund": "false",
    "npm_config_audit": "false",
    "npm_config_progress": "false",
}
_PROFILE = """\
export PATH="${HOME:-/app}/node_modules/.bin:$PATH"
export NODE_ENV="${NODE_ENV:-production}"
"""


class _Package(msgspec.Struct, frozen=True, rename="camel"):
    """The part of package.json that matters here."""

    dependencies: dict[str, Any] = {}
    dev_dependencies: dict[str, Any] = {}
    optional_dependencies: dict[str, Any] = {}
    engines: dict[str, str] | list[str] = {}
    scripts: dict[str, str] = {}

    @property
    def has_dependencies(self) -> bool:
        return bool(self.dependencies or self.optional_dependencies or self.dev_dependencies)


def _detects(project: Project) -> bool:
    return "package.json" in project.files


def _plan(project: Project, machine: Machine) -> Plan:
    package = _package(project)
    node, warnings = _node(package, machine)
    commands = _commands(package, locked=bool(project.files & _LOCKS), npm=machine.npm)
    return Plan(
        details=(f"Node {node.shown}", *(() if commands else ("No dependencies",))),
        warnings=warnings,
        files={PROFILE: _PROFILE},
        commands=commands,
        processes={"web": "npm start"} if "start" in package.scripts else {},
    )


def _package(project: Project) -> _Package:
    try:
        return msgspec.json.decode(project.text("package.json").lstrip("\ufeff"), type=_Package)
    except msgspec.DecodeError as error:
        raise wrong(f"package.json is wrong: {shown(str(error))}") from error


def _node(package: _Package, machine: Machine) -> tuple[Tool, tuple[str, ...]]:
    if machine.node is None:
        raise wrong("the project needs Node, and this machine has none that containers can reach")
    asked = package.engines.get("node", "") if isinstance(package.engines, dict) else ""
    allowed = allows(asked, machine.node.version)
    if allowed is None:
        return machine.node, (f"engines.node is not understood and not checked: {shown(asked)}",)
    if not allowed:
        raise wrong(f"package.json asks for Node {shown(asked)}, this machine has {machine.node.shown}")
    return machine.node, ()


def _commands(package: _Package, *, locked: bool, npm: Tool | None) -> tuple[Command, ...]:
    builds = "build" in package.scripts
    installs = package.has_dependencies or locked
    if (installs or builds) and npm is None:
        raise wrong("the project needs npm, and this machine has none that containers can reach")
    commands: list[Command] = []
    if installs:
        words = ("ci" if locked else "install", *(() if builds else ("--omit=dev",)))
        commands.append(_npm(*words, heading="Installing dependencies"))
    if builds:
        commands.append(_npm("run", "build", heading="Running the build script"))
    if builds and installs:
        commands.append(_npm("prune", "--omit=dev", heading="Removing development dependencies"))
    return tuple(commands)


def _npm(*words: str, heading: str) -> Command:
    title = " ".join(("npm", *(word for word in words if not word.startswith("-"))))
    return Command(title=title, argv=("npm", *words), environment=_ENVIRONMENT, network=True, heading=heading)


NODE = Pack(
    name="node",
    title="Node",
    recognised_by="a package.json",
    reads=("package.json",),
    notices=("package-lock.json", "npm-shrinkwrap.json"),
    detects=_detects,
    plan=_plan,
)
