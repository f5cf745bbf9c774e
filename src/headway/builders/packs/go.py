"""Go: the main packages of a module, built by the machine's Go into bin/."""

import re

from headway.builders.packs.pack import APP, CACHE, Command, Pack, Plan, Project
from headway.builders.refusals import wrong
from headway.builders.toolchains import Machine, Tool

_MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.MULTILINE)
_VERSION = re.compile(r"^go\s+(\d+)\.(\d+)(?:\.(\d+))?", re.MULTILINE)
_MAJOR = re.compile(r"v\d+")
_PROGRAM = re.compile(r"[A-Za-z0-9._-]+")


def _detects(project: Project) -> bool:
    return "go.mod" in project.files


def _plan(project: Project, machine: Machine) -> Plan:
    go = _chosen(project, machine)
    build = Command(
        title="go build",
        heading="Building",
        argv=(str(go.path), "build", "-trimpath", "-o", f"{APP}/bin/", "./..."),
        environment={
            "GOCACHE": f"{CACHE}/go/build",
            "GOMODCACHE": f"{CACHE}/go/modules",
            "GOPATH": f"{CACHE}/go",
            "GOTOOLCHAIN": "local",
            "XDG_CONFIG_HOME": f"{CACHE}/go",  # newer ones keep counters there, which are no part of a slug
        },
        network=True,
    )
    name = _program(project)
    return Plan(
        details=(f"Go {go.shown}",),
        commands=(build,),
        processes={"web": f"exec bin/{name}"} if name else {},
        leaves={"web": f"bin/{name}"} if name else {},
    )


def _chosen(project: Project, machine: Machine) -> Tool:
    if machine.go is None:
        raise wrong("the project needs Go, and this machine has none that builds can reach")
    asked = _VERSION.search(project.text("go.mod"))
    wanted = tuple(int(number or 0) for number in asked.groups()) if asked else (0, 0, 0)
    if wanted > machine.go.version:
        shown = ".".join(map(str, wanted))
        raise wrong(f"go.mod asks for Go {shown}, this machine has {machine.go.shown}")
    return machine.go


def _program(project: Project) -> str:
    """What Go calls the program at the root of the module: the last part of its path that is no version."""
    found = _MODULE.search(project.text("go.mod"))
    parts = [part for part in (found[1] if found else "").split("/") if not _MAJOR.fullmatch(part)]
    return parts[-1] if parts and _PROGRAM.fullmatch(parts[-1]) else ""


GO = Pack(
    name="go",
    title="Go",
    recognised_by="a go.mod",
    reads=("go.mod",),
    detects=_detects,
    plan=_plan,
)
