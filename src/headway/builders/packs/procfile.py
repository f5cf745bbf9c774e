"""A Procfile and nothing else: the source is the slug."""

from headway.builders.packs.pack import Pack, Plan, Project
from headway.builders.toolchains import Machine


def _detects(project: Project) -> bool:
    return "Procfile" in project.files


def _plan(_project: Project, _machine: Machine) -> Plan:
    return Plan(details=("Nothing to install, the source is taken as it is",))


PROCFILE = Pack(
    name="procfile",
    title="Procfile",
    recognised_by="a Procfile",
    notices=("Procfile",),
    detects=_detects,
    plan=_plan,
)
