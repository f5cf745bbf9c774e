"""What the Node pack plans; nothing is run."""

import json
from pathlib import Path

import pytest

from headway.builders.packs.node import NODE
from headway.builders.packs.pack import Project
from headway.builders.toolchains import Machine, Tool
from headway.errors import Failure

NODE_20 = Tool(path=Path("/usr/bin/node"), version=(20, 5, 1))
MACHINE = Machine(node=NODE_20, npm=Tool(path=Path("/usr/bin/npm"), version=(10, 0, 0)))


def project(*others: str, **package: object) -> Project:
    return Project(files=frozenset({"package.json", *others}), texts={"package.json": json.dumps(package)})


def argvs(project: Project) -> list[str]:
    return [" ".join(command.argv) for command in NODE.plan(project, MACHINE).commands]


def refusal(project: Project, machine: Machine = MACHINE) -> str:
    with pytest.raises(Failure) as caught:
        NODE.plan(project, machine)
    return caught.value.text


def test_a_lock_file_is_kept_to():
    assert argvs(project("package-lock.json")) == ["npm ci --omit=dev"]


def test_without_a_lock_file_it_is_installed_freely():
    assert argvs(project(dependencies={"a": "1"})) == ["npm install --omit=dev"]


def test_a_build_script_runs_with_development_dependencies_which_are_then_removed():
    assert argvs(project(devDependencies={"a": "1"}, scripts={"build": "x"})) == [
        "npm install",
        "npm run build",
        "npm prune --omit=dev",
    ]


def test_a_project_without_dependencies_runs_nothing_and_starts_by_its_script():
    plan = NODE.plan(project(scripts={"start": "node x"}), Machine(node=NODE_20))
    assert plan.commands == ()
    assert plan.processes == {"web": "npm start"}


def test_a_node_that_does_not_fit_is_refused_with_what_is_there():
    assert (
        refusal(project(engines={"node": ">=22"}))
        == "package.json asks for Node >=22, this machine has 20.5.1"
    )


def test_an_engine_that_is_not_understood_is_a_warning():
    assert "lts/*" in NODE.plan(project(engines={"node": "lts/*"}), MACHINE).warnings[0]


def test_a_machine_without_node_or_npm_is_told():
    assert "none that containers can reach" in refusal(project(), Machine())
    assert "needs npm" in refusal(project(dependencies={"a": "1"}), Machine(node=NODE_20))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"scripts": 7}'])
def test_a_wrong_package_is_refused(text):
    wrong = Project(files=frozenset({"package.json"}), texts={"package.json": text})
    assert refusal(wrong).startswith("package.json is wrong: ")
