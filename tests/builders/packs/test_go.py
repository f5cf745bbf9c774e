"""What the Go pack plans; nothing is run."""

from pathlib import Path

import pytest

from headway.builders.packs.go import GO
from headway.builders.packs.pack import Project
from headway.builders.toolchains import Machine, Tool
from headway.errors import Failure

MACHINE = Machine(go=Tool(path=Path("/usr/bin/go"), version=(1, 19, 8)))


def project(text: str) -> Project:
    return Project(files=frozenset({"go.mod"}), texts={"go.mod": text})


def test_the_programs_of_the_module_are_built_into_bin() -> None:
    plan = GO.plan(project("module example.com/me/my-app // mine\n\ngo 1.19\n"), MACHINE)
    (build,) = plan.commands
    assert build.argv == ("/usr/bin/go", "build", "-trimpath", "-o", "/app/bin/", "./...")
    assert build.environment["GOTOOLCHAIN"] == "local"
    assert build.environment["XDG_CONFIG_HOME"].startswith("/cache/")
    assert plan.processes == {"web": "exec bin/my-app"}
    assert plan.leaves == {"web": "bin/my-app"}


@pytest.mark.parametrize(
    ("module", "program"),
    [("example.com/app/v2", "app"), ('"quoted/app"', "app"), ("x y", "x"), ("a/$b", "")],
)
def test_the_web_process_is_the_program_at_the_root(module: str, program: str) -> None:
    assert GO.plan(project(f"module {module}\n"), MACHINE).processes == (
        {"web": f"exec bin/{program}"} if program else {}
    )


@pytest.mark.parametrize(
    ("text", "machine", "why"),
    [
        ("module a\n", Machine(), "needs Go, and this machine has none"),
        ("module a\ngo 1.22\n", MACHINE, "go.mod asks for Go 1.22.0, this machine has 1.19.8"),
    ],
)
def test_what_the_machine_lacks_is_told(text: str, machine: Machine, why: str) -> None:
    with pytest.raises(Failure, match=why):
        GO.plan(project(text), machine)


def test_a_module_is_taken_for_go() -> None:
    assert GO.detects(project(""))
    assert not GO.detects(Project(files=frozenset({"main.go"}), texts={}))
