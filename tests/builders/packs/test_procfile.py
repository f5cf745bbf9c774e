"""The pack of last resort."""

from headway.builders.packs.pack import Project
from headway.builders.packs.procfile import PROCFILE
from headway.builders.toolchains import Machine


def test_a_procfile_alone_needs_nothing_installed():
    project = Project(files=frozenset({"Procfile"}), texts={})
    assert PROCFILE.detects(project)
    assert PROCFILE.plan(project, Machine()).commands == ()
