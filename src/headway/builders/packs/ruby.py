"""Ruby: what the Gemfile asks for, installed into the slug by the machine's Bundler."""

import re

from headway.builders.packs.pack import APP, CACHE, OWN, PROFILE, Command, Pack, Plan, Project
from headway.builders.refusals import shown, wrong
from headway.builders.toolchains import Machine, Tool

_GEMS = f"{OWN}/gems"
_VERSION = re.compile(r"(?:ruby-)?(\d+)\.(\d+)(?:\.(\d+))?")
_PUMA = re.compile(r"^ {4}puma \(", re.MULTILINE)
_LEFTOVERS = (
    *("-path", f"./{_GEMS}/ruby/*/cache/*.gem"),
    *("-o", "-path", f"./{_GEMS}/*/gem_make.out", "-o", "-path", f"./{_GEMS}/*/mkmf.log"),
    *("-o", "-path", f"./{_GEMS}/*/ext/*/Makefile", "-o", "-path", f"./{_GEMS}/*/ext/*.o"),
)
"""What nobody reads at run time; some of it differs from build to build."""
_TIDYING = Command(
    title="removing what gems left of their making",
    argv=("find", ".", "-type", "f", "(", *_LEFTOVERS, ")", "-delete"),
)
_PROFILE = f"""\
export BUNDLE_PATH="${{HOME:-{APP}}}/{_GEMS}"
export BUNDLE_WITHOUT="${{BUNDLE_WITHOUT:-development:test}}"
export RACK_ENV="${{RACK_ENV:-production}}"
export RAILS_ENV="${{RAILS_ENV:-production}}"
"""


def _detects(project: Project) -> bool:
    return "Gemfile" in project.files


def _plan(project: Project, machine: Machine) -> Plan:
    ruby, bundle = _chosen(project, machine)
    install = Command(
        title="bundle install",
        heading="Installing gems",
        argv=(str(bundle.path), "install"),
        environment={
            "BUNDLE_PATH": f"{APP}/{_GEMS}",
            "BUNDLE_USER_HOME": f"{CACHE}/bundle",
            "BUNDLE_GLOBAL_GEM_CACHE": "true",
            "BUNDLE_JOBS": "4",  # as an argument it would be kept in the project's .bundle/config
            "BUNDLE_WITHOUT": "development:test",
            **({"BUNDLE_FROZEN": "true"} if "Gemfile.lock" in project.files else {}),
        },
        network=True,
    )
    return Plan(
        details=(f"Ruby {ruby.shown}", f"Bundler {bundle.shown}"),
        warnings=()
        if "Gemfile.lock" in project.files
        else ("there is no Gemfile.lock: each build may differ",),
        files={PROFILE: _PROFILE},
        commands=(install, _TIDYING),
        processes={"web": _web(project)} if "config.ru" in project.files else {},
    )


def _web(project: Project) -> str:
    """Rack has no `rackup` of its own since version 3, and what has Puma means it to be used."""
    if _PUMA.search(project.text("Gemfile.lock")):
        return "exec bundle exec puma --port $PORT"
    return "exec bundle exec rackup --host 0.0.0.0 --port $PORT"


def _chosen(project: Project, machine: Machine) -> tuple[Tool, Tool]:
    if machine.ruby is None or machine.bundle is None:
        missing = "Ruby" if machine.ruby is None else "Bundler"
        raise wrong(f"the project needs {missing}, and this machine has none that builds can reach")
    asked = project.text(".ruby-version").strip()
    found = _VERSION.fullmatch(asked)
    if asked and (found is None or (int(found[1]), int(found[2])) != machine.ruby.version[:2]):
        raise wrong(f".ruby-version asks for {shown(asked)}, this machine has Ruby {machine.ruby.shown}")
    return machine.ruby, machine.bundle


RUBY = Pack(
    name="ruby",
    title="Ruby",
    recognised_by="a Gemfile",
    reads=(".ruby-version", "Gemfile.lock"),
    notices=("Gemfile", "config.ru"),
    detects=_detects,
    plan=_plan,
)
