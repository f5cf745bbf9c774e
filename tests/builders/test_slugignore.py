"""What `.slugignore` leaves out."""

from pathlib import Path

import pytest

from headway.builders.slugignore import leave_out, matches, patterns


def test_blank_lines_comments_and_negations_are_no_patterns() -> None:
    assert patterns(b"# notes\n\n docs/ \n!keep\n/*.psd\n") == ("docs", "*.psd")


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("docs", True),
        ("a.psd", True),
        ("deep/a.psd", False),
        ("spec/x", True),
        ("spec/x/y", False),
        ("doc", False),
    ],
)
def test_a_pattern_names_whole_paths(path: str, named: bool) -> None:
    assert matches(path, ("docs", "*.psd", "spec/*")) is named


def test_what_is_named_goes_and_no_link_is_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    tree = tmp_path / "tree"
    for file in (outside / "kept", tree / "docs" / "deep" / "a", tree / "app.py"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    (tree / "link").symlink_to(outside)
    (tree / ".slugignore").write_text("docs\nlink\n")
    leave_out(tree, lambda: None)
    assert [it.name for it in tree.iterdir()] == ["app.py"]
    assert (outside / "kept").exists()
    leave_out(tree, lambda: None)
