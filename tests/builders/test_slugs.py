"""Slugs: named by what is in them, there whole or not at all."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from headway.builders.slugs import Slugs, digest_of, settle
from headway.errors import Failure


def alive() -> None:
    """Go on."""


def tree(folder: Path, **more: str) -> Path:
    (folder / "empty").mkdir(parents=True)
    (folder / "deep").mkdir()
    for name, content in {"a": "a", "deep/b": "b", **more}.items():
        (folder / name).write_text(content)
    (folder / "link").symlink_to("deep/b")
    return folder


def test_equal_content_has_an_equal_digest_whatever_its_times_and_order(tmp_path):
    one = tree(tmp_path / "one", x="x", y="y")
    two = tree(tmp_path / "two", y="y", x="x")
    os.utime(two / "a", (1, 1))
    (two / "a").chmod(0o600)
    slugs = Slugs(tmp_path / "slugs")
    first, second = slugs.keep(one, alive), slugs.keep(two, alive)
    assert first == second
    assert not one.exists()
    assert not two.exists()
    assert first.size_bytes == 4
    assert [each.name for each in (tmp_path / "slugs").iterdir()] == [first.digest.removeprefix("sha256:")]


@pytest.mark.parametrize(
    "change",
    [
        lambda it: (it / "a").write_text("b"),
        lambda it: (it / "a").chmod(0o755),
        lambda it: (it / "a").rename(it / "c"),
        lambda it: (it / "empty").rmdir(),
        lambda it: ((it / "link").unlink(), (it / "link").symlink_to("a")),
        lambda it: ((it / "link").unlink(), (it / "link").write_text("deep/b")),
    ],
)
def test_any_difference_that_counts_makes_another_digest(tmp_path, change):
    one, two = tree(tmp_path / "one"), tree(tmp_path / "two")
    change(two)
    assert digest_of(one, alive) != digest_of(two, alive)


def test_the_digest_of_a_known_tree_never_changes(tmp_path):
    one = tree(tmp_path / "one")
    settle(one, alive)
    assert digest_of(one, alive) == (
        "sha256:24bab15b0d05d6913f10108b7fca709fce65f416a83c7982c1f0818af80f38d9",
        2,
    )


def test_modes_are_settled_and_what_is_no_file_is_dropped(tmp_path):
    one = tree(tmp_path / "one")
    (one / "a").chmod(0o6711)
    (one / "deep").chmod(0o1777)
    os.mkfifo(one / "pipe")
    settle(one, alive)
    assert (one / "a").stat().st_mode & 0o7777 == 0o755
    assert (one / "deep").stat().st_mode & 0o7777 == 0o755
    assert not (one / "pipe").exists()


def test_what_a_link_leads_to_is_not_touched(tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("x")
    outside.chmod(0o600)
    one = tree(tmp_path / "one")
    (one / "out").symlink_to(outside)
    Slugs(tmp_path / "slugs").keep(one, alive)
    assert outside.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("digest", ["sha256:" + "0" * 64, "sha256:..", "", "../../etc"])
def test_a_slug_that_is_not_kept_is_missing(tmp_path, digest):
    with pytest.raises(Failure) as caught:
        Slugs(tmp_path).find(digest)
    assert caught.value.code == "slug-missing"


KEEP = """
import os, sys
from pathlib import Path
from headway.builders.slugs import Slugs
calls = 0
def dies(event, arguments):
    global calls
    if event in {"os.rename", "os.chmod", "os.chown", "os.scandir", "os.mkdir", "ctypes.dlsym", "open", "os.remove"}:
        calls += 1
        if calls == int(sys.argv[3]):
            os.kill(os.getpid(), 9)
sys.addaudithook(dies)
print(Slugs(Path(sys.argv[2])).keep(Path(sys.argv[1]), lambda: None).digest)
"""


def test_a_crash_at_any_call_leaves_no_slug_or_a_whole_one(tmp_path):
    """Killed at each call that touches the disk, in turn, until it gets through."""
    whole, _ = digest_of(settled(tree(tmp_path / "whole")), alive)
    slugs = tmp_path / "slugs"
    for death in range(1, 200, 3):
        one = tree(tmp_path / f"one-{death}")
        done = subprocess.run(
            (sys.executable, "-c", KEEP, one, slugs, str(death)),
            check=False,
            env={"PYTHONPATH": "src"},
            capture_output=True,
        )
        for kept in slugs.glob("*"):
            assert f"sha256:{kept.name}" == whole == digest_of(kept, alive)[0]
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
    assert done.stdout.decode().strip() == whole


def settled(folder: Path) -> Path:
    settle(folder, alive)
    return folder


def aged(slug: Path) -> Path:
    os.utime(slug, (1, 1))
    return slug


def test_only_what_is_wanted_or_new_stays(tmp_path: Path) -> None:
    slugs = Slugs(tmp_path / "slugs")
    wanted, unwanted, new = (
        slugs.keep(tree(tmp_path / name, name=name), alive) for name in ("wanted", "unwanted", "new")
    )
    aged(wanted.folder)
    aged(unwanted.folder)
    (tmp_path / "slugs" / f"{'1' * 64}.gone").mkdir()
    # What was put aside by one who died then goes as well.
    assert slugs.keep_only({wanted.digest}, 2_000_000, alive) == 2
    assert {it.name for it in (tmp_path / "slugs").iterdir()} == {wanted.folder.name, new.folder.name}


def test_what_is_built_again_is_new_again(tmp_path: Path) -> None:
    slugs = Slugs(tmp_path / "slugs")
    first = slugs.keep(tree(tmp_path / "one"), alive)
    aged(first.folder)
    assert slugs.keep(tree(tmp_path / "two"), alive).digest == first.digest
    assert slugs.keep_only(set(), 2_000_000, alive) == 0
    assert first.folder.exists()


def test_without_any_there_is_nothing_to_remove(tmp_path: Path) -> None:
    assert Slugs(tmp_path / "slugs").keep_only(set(), 1, alive) == 0
