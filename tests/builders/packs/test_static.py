"""What the pack for static pages plans."""

from pathlib import Path

import pytest

from headway.builders.packs.pack import Project
from headway.builders.packs.static import STATIC
from headway.builders.toolchains import Machine, Tool
from headway.errors import Failure

PYTHON = Tool(path=Path("/usr/bin/python3"), version=(3, 11, 2))


@pytest.mark.parametrize(("file", "folder"), [("index.html", "."), ("public/index.html", "public")])
def test_the_folder_with_the_index_is_served(file, folder):
    project = Project(files=frozenset({file}), texts={})
    assert STATIC.detects(project)
    plan = STATIC.plan(project, Machine(pythons=(PYTHON,)))
    assert plan.processes == {"web": f"exec /usr/bin/python3 .headway/serve.py {folder}"}
    assert list(plan.files) == [".headway/serve.py"]


def test_a_machine_without_python_is_told():
    with pytest.raises(Failure, match="served by Python"):
        STATIC.plan(Project(files=frozenset({"index.html"}), texts={}), Machine())
