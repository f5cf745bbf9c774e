"""What the Ruby pack plans; nothing is run."""

from pathlib import Path

import pytest

from headway.builders.packs.pack import Project
from headway.builders.packs.ruby import RUBY
from headway.builders.toolchains import Machine, Tool
from headway.errors import Failure

WITHOUT_BUNDLER = Machine(ruby=Tool(path=Path("/usr/bin/ruby"), version=(3, 1, 2)))
MACHINE = Machine(ruby=WITHOUT_BUNDLER.ruby, bundle=Tool(path=Path("/usr/bin/bundle"), version=(2, 3, 15)))


def project(*files: str, version: str = "") -> Project:
    return Project(files=frozenset({"Gemfile", *files}), texts={".ruby-version": version})


def test_what_is_locked_is_installed_as_it_is_locked() -> None:
    plan = RUBY.plan(project("Gemfile.lock", "config.ru", version="3.1.0\n"), MACHINE)
    (install,) = plan.commands
    assert install.argv == ("/usr/bin/bundle", "install", "--jobs=4")
    assert install.environment["BUNDLE_FROZEN"] == "true"
    assert plan.processes == {"web": "exec bundle exec rackup --host 0.0.0.0 --port $PORT"}
    assert plan.warnings == ()


def test_without_a_lock_it_is_said_that_builds_may_differ() -> None:
    plan = RUBY.plan(project(), MACHINE)
    assert "BUNDLE_FROZEN" not in plan.commands[0].environment
    assert (plan.processes, plan.warnings) == ({}, ("there is no Gemfile.lock: each build may differ",))


@pytest.mark.parametrize(
    ("machine", "version", "why"),
    [
        (Machine(), "", "needs Ruby, and this machine has none"),
        (WITHOUT_BUNDLER, "", "needs Bundler, and this machine has none"),
        (MACHINE, "3.3.1", "asks for 3.3.1, this machine has Ruby 3.1.2"),
        (MACHINE, "jruby", "asks for jruby"),
    ],
)
def test_what_the_machine_lacks_is_told(machine: Machine, version: str, why: str) -> None:
    with pytest.raises(Failure, match=why):
        RUBY.plan(project(version=version), machine)


def test_a_gemfile_is_taken_for_ruby() -> None:
    assert RUBY.detects(project())
    assert not RUBY.detects(Project(files=frozenset({"app.rb"}), texts={}))
