"""What a pack may see of a project."""

from headway.builders.packs.pack import Project


def test_a_file_that_is_not_there_reads_as_empty():
    assert Project(files=frozenset(), texts={}).text("missing") == ""
