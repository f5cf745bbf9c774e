"""Folders that foreign code has had its hands on."""

import os
from pathlib import Path

import pytest

from headway.builders.trees import plain_file, read_plain, remove, walk
from headway.errors import Failure


def test_a_file_is_read_only_if_it_is_inside_and_regular(tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tmp_path / "secret").write_text("secret")
    (tree / "plain").write_text("plain")
    (tree / "inside").symlink_to("plain")
    (tree / "outside").symlink_to("../secret")
    (tree / "circle").symlink_to("circle")
    os.mkfifo(tree / "pipe")
    assert read_plain(tree, "plain", 10) == read_plain(tree, "inside", 10) == b"plain"
    assert [plain_file(tree, name) for name in ("outside", "circle", "pipe", "missing", ".")] == [None] * 5


def test_a_file_over_the_limit_is_refused_by_name(tmp_path):
    (tmp_path / "long").write_text("x" * 11)
    with pytest.raises(Failure, match="long is too large"):
        read_plain(tmp_path, "long", 10)


def test_the_walk_follows_no_link(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b").write_text("b")
    (tmp_path / "up").symlink_to(".")
    found = {os.path.relpath(entry.path, tmp_path) for entry in walk(tmp_path, lambda: None)}
    assert found == {"a", "a/b", "up"}


def test_a_path_that_is_too_long_is_refused(tmp_path):
    deep(tmp_path, 30)
    with pytest.raises(Failure, match="too long"):
        list(walk(tmp_path, lambda: None))
    remove(tmp_path / ("x" * 200))


def test_a_folder_of_any_depth_and_with_locked_parts_is_removed(tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    deep(tree, 1500)
    (tree / "locked").mkdir(mode=0)
    remove(tree)
    remove(tree)
    assert not tree.exists()


def deep(folder: Path, levels: int) -> None:
    """Folders in folders, longer than any path may be."""
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        for _ in range(levels):
            Path("x" * 200).mkdir()
            os.chdir("x" * 200)
    finally:
        os.fchdir(before)
        os.close(before)
