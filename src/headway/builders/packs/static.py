"""Static pages: index.html at the root or in public/, served by a small server of our own."""

from pathlib import Path

from headway.builders.packs.pack import OWN, Pack, Plan, Project
from headway.builders.refusals import wrong
from headway.builders.toolchains import Machine

_SERVER = Path(__file__).parent / "serve_static.py"


def _detects(project: Project) -> bool:
    return bool(project.files & {"index.html", "public/index.html"})


def _plan(project: Project, machine: Machine) -> Plan:
    if not machine.pythons:
        raise wrong("static pages are served by Python, and this machine has none that containers can reach")
    folder = "public" if "public/index.html" in project.files else "."
    server = f"{OWN}/serve.py"
    return Plan(
        details=(f"Serving {'public/' if folder == 'public' else 'the root folder'}",),
        files={server: _SERVER.read_text()},
        processes={"web": f"exec {machine.pythons[0].path} {server} {folder}"},
    )


STATIC = Pack(
    name="static",
    title="Static pages",
    recognised_by="an index.html at the root or in public/",
    notices=("index.html", "public/index.html"),
    detects=_detects,
    plan=_plan,
)
