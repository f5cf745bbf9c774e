"""What the Python pack plans; nothing is run."""

from pathlib import Path

import pytest

from headway.builders.packs.pack import Project
from headway.builders.packs.python import PYTHON
from headway.builders.toolchains import Machine, Tool
from headway.errors import Failure

OLD = Tool(path=Path("/usr/bin/python3"), version=(3, 11, 2))
NEW = Tool(path=Path("/usr/local/bin/python3.13"), version=(3, 13, 1))
MACHINE = Machine(pythons=(OLD, NEW), pip=Path("/somewhere/pip"))


def project(**texts: str) -> Project:
    named = {
        name.replace("__", "-").replace("_txt", ".txt").replace("_toml", ".toml"): text
        for name, text in texts.items()
    }
    return Project(files=frozenset(named), texts=named)


def with_version(asked: str) -> Project:
    texts = {"requirements.txt": "", ".python-version": asked}
    return Project(files=frozenset(texts), texts=texts)


def refusal(project: Project, machine: Machine = MACHINE) -> str:
    with pytest.raises(Failure) as caught:
        PYTHON.plan(project, machine)
    return caught.value.text


def titles(project: Project) -> list[str]:
    return [command.title for command in PYTHON.plan(project, MACHINE).commands]


@pytest.mark.parametrize("asked", ["3.13", "python-3.13.1", "# mine\n3.13.1 # that\n"])
def test_the_version_that_is_asked_for_is_taken(asked):
    plan = PYTHON.plan(with_version(asked), MACHINE)
    assert plan.commands[0].argv[0] == "/usr/local/bin/python3.13"
    assert plan.warnings == ()


def test_another_patch_is_taken_with_a_warning():
    assert PYTHON.plan(with_version("3.11.9"), MACHINE).warnings == (
        ".python-version asks for 3.11.9, this machine has 3.11.2, which is used",
    )


def test_a_version_that_is_not_there_is_refused_with_what_is():
    assert (
        refusal(with_version("3.12"))
        == ".python-version asks for Python 3.12, this machine has 3.11.2, 3.13.1"
    )


def test_what_is_no_version_is_refused():
    assert "which is not a version" in refusal(with_version("pypy3"))


def test_a_machine_without_python_is_told():
    assert "this machine has none" in refusal(project(requirements_txt=""), Machine())


@pytest.mark.parametrize("text", ["", "# nothing\n\n", "\ufeff# a\r\n"])
def test_a_project_without_dependencies_needs_no_network_and_no_pip(text):
    plan = PYTHON.plan(project(requirements_txt=text), Machine(pythons=(OLD,)))
    assert [command.network for command in plan.commands] == [False]


def test_requirements_are_installed_with_the_mounted_pip_into_the_slug():
    command = PYTHON.plan(project(requirements_txt="six\n"), MACHINE).commands[1]
    assert command.argv[:3] == (".headway/python/bin/python", "/headway/pip/__pip-runner__.py", "install")
    assert command.argv[-2:] == ("-r", "requirements.txt")
    assert command.mounts == {"/headway/pip": Path("/somewhere/pip")}
    assert command.network


def test_a_described_project_that_is_no_package_gets_its_dependencies_alone():
    plan = PYTHON.plan(project(pyproject_toml='[project]\ndependencies = ["six>=1", "idna"]\n'), MACHINE)
    assert plan.files[".headway/requirements.txt"] == "six>=1\nidna\n"
    assert plan.commands[1].argv[-1] == ".headway/requirements.txt"


def test_a_described_package_is_installed_itself():
    plan = PYTHON.plan(project(pyproject_toml='[build-system]\nrequires = ["hatchling"]\n'), MACHINE)
    assert plan.commands[1].argv[-1] == "."


def test_a_described_project_without_dependencies_needs_nothing():
    assert titles(project(pyproject_toml="[tool.x]\ny = 1\n")) == ["making the virtual environment"]


@pytest.mark.parametrize(
    "text", ["[", "[project]\ndependencies = 7\n", "project = 7\n", '[project]\ndependencies = ["a\\nb"]']
)
def test_a_wrong_description_is_refused(text):
    assert refusal(project(pyproject_toml=text)).startswith("pyproject.toml is wrong: ")


def test_dependencies_without_a_pip_are_refused():
    assert "without pip" in refusal(project(requirements_txt="six"), Machine(pythons=(OLD,)))


UV = Tool(path=Path("/usr/local/bin/uv"), version=(0, 13, 8))
LOCKED = {"pyproject.toml": '[project]\ndependencies = ["six"]\n', "uv.lock": ""}


def locked(*more: str) -> Project:
    return Project(files=frozenset({*LOCKED, *more}), texts=LOCKED)


def test_what_uv_has_locked_is_installed_by_uv():
    machine = Machine(pythons=(OLD,), uv=UV)
    plan = PYTHON.plan(locked(), machine)
    assert [it.title for it in plan.commands] == ["making the virtual environment", "uv sync", "compiling"]
    assert plan.details == ("Python 3.11.2", "uv 0.13.8")
    sync = plan.commands[1]
    assert sync.argv == ("/usr/local/bin/uv", "sync", "--frozen", "--no-dev", "--no-editable")
    assert sync.environment["UV_PROJECT_ENVIRONMENT"] == ".headway/python"
    assert sync.environment["UV_PYTHON"] == "/usr/bin/python3"
    assert sync.network


def test_without_uv_pip_does_it_and_says_that_the_lock_is_not_heeded():
    plan = PYTHON.plan(locked(), MACHINE)
    assert "pip install" in [it.title for it in plan.commands]
    assert plan.warnings == ("uv.lock is not heeded: this machine has no uv that builds can reach",)


def test_a_requirements_txt_is_more_than_a_lock():
    plan = PYTHON.plan(locked("requirements.txt"), Machine(pythons=(OLD,), uv=UV))
    assert (plan.warnings, [it.title for it in plan.commands]) == ((), ["making the virtual environment"])
