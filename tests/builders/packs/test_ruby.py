"""What the Ruby pack plans, and a project that is built and run with the machine's Ruby."""

import subprocess
from pathlib import Path

import msgspec
import pytest

from headway.builders.packs.pack import Project
from headway.builders.packs.ruby import RUBY
from headway.builders.toolchains import Machine, Tool, found
from headway.errors import Failure
from tests.builders.archives import packed
from tests.builders.sandbox import Sandbox
from tests.builders.test_buildpack import Bench

WITHOUT_BUNDLER = Machine(ruby=Tool(path=Path("/usr/bin/ruby"), version=(3, 1, 2)))
MACHINE = Machine(ruby=WITHOUT_BUNDLER.ruby, bundle=Tool(path=Path("/usr/bin/bundle"), version=(2, 3, 15)))
GEM = """\
Gem::Specification.new do |it|
  it.name, it.version, it.summary, it.authors = "greeting", "1.0", "a greeting", ["us"]
  it.files, it.bindir, it.executables = ["lib/greeting.rb", "exe/greet"], "exe", ["greet"]
end
"""
LOCK = """\
GEM
  remote: https://gems.example/
  specs:
    greeting (1.0)

PLATFORMS
  ruby
  x86_64-linux

DEPENDENCIES
  greeting
"""


def project(*files: str, version: str = "", lock: str = "") -> Project:
    return Project(
        files=frozenset({"Gemfile", *files}), texts={".ruby-version": version, "Gemfile.lock": lock}
    )


def test_what_is_locked_is_installed_as_it_is_locked() -> None:
    plan = RUBY.plan(project("Gemfile.lock", "config.ru", version="3.1.0\n"), MACHINE)
    install, _ = plan.commands
    assert install.argv == ("/usr/bin/bundle", "install")
    assert install.environment["BUNDLE_FROZEN"] == "true"
    assert plan.processes == {"web": "exec bundle exec rackup --host 0.0.0.0 --port $PORT"}
    assert plan.warnings == ()


def test_an_app_with_puma_is_served_by_it() -> None:
    plan = RUBY.plan(
        project("config.ru", lock="GEM\n  specs:\n    puma (6.4.2)\n      nio4r (~> 2.0)\n"), MACHINE
    )
    assert plan.processes == {"web": "exec bundle exec puma --port $PORT"}
    plan = RUBY.plan(project("config.ru", lock="GEM\n  specs:\n    puma_worker_killer (1.0)\n"), MACHINE)
    assert plan.processes == {"web": "exec bundle exec rackup --host 0.0.0.0 --port $PORT"}


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


def gem(folder: Path) -> bytes:
    """A gem with a library and a program."""
    for name, content in {
        "greeting.gemspec": GEM,
        "lib/greeting.rb": "WORD = 'hello from a gem'\n",
        "exe/greet": "require 'greeting'\nputs WORD, ENV['RACK_ENV']\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    words = ("gem", "build", "--force", "--silent", "--output", "it.gem", "greeting.gemspec")
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
    return (folder / "it.gem").read_bytes()


async def test_locked_gems_that_the_source_brings_are_built_without_network_and_run(tmp_path: Path) -> None:
    machine = await found()
    if machine.bundle is None:
        pytest.skip("no Ruby with Bundler that any user can reach, in /usr/bin or /usr/local/bin")
    bench = Bench(tmp_path, Sandbox(), machine)
    source = {
        "Gemfile": "source 'https://gems.example'\ngem 'greeting'\n",
        "Gemfile.lock": LOCK,
        "vendor/cache/greeting-1.0.gem": gem(tmp_path / "gem"),
        "Procfile": "web: bundle exec greet",
    }
    packed(bench.archive, source)
    one, two = await bench.build("b1"), await bench.build("b2")
    assert one.digest == two.digest
    assert not (one.folder / ".bundle").exists()
    assert not list(one.folder.glob(".headway/gems/ruby/*/cache/*.gem"))
    said: list[bytes] = []
    script = ". .profile.d/headway.sh; bundle exec greet"
    task = bench.runtime.tasks[0]
    words = {
        "argv": ("/bin/sh", "-c", script),
        "environment": {"HOME": "/app", "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"},
    }
    run = msgspec.structs.replace(task, folder=one.folder, mounts={}, writable={}, network=False, **words)
    assert (await bench.runtime.perform(run, said.append), b"".join(said)) == (
        0,
        b"hello from a gem\nproduction\n",
    )
