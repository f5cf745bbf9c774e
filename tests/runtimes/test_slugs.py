"""Slugs that belong to their app's user."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from headway.runtimes.slugs import Slugs, copy_tree, give

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture
def slug(tmp_path):
    place = tmp_path / "slug"
    (place / "bin").mkdir(parents=True)
    (place / "bin" / "run").write_text("#!/bin/sh\n")
    (place / "bin" / "run").chmod(0o755)
    (place / "link").symlink_to("/etc/passwd")
    return place


@needs_root
def test_a_slug_of_somebody_else_is_copied_once(slug, tmp_path):
    slugs = Slugs(tmp_path / "slugs")
    copy = slugs.fit(slug, 20001)

    assert copy != slug
    assert copy == slugs.fit(slug, 20001)
    assert {os.lstat(copy / name).st_uid for name in ("bin", "bin/run", "link")} == {20001}
    assert (copy / "bin" / "run").stat().st_mode & 0o777 == 0o755
    assert Path("/etc/passwd").stat().st_uid == 0
    assert os.lstat(slug / "bin").st_uid == 0


@needs_root
def test_a_slug_of_the_app_is_used_as_it_is(slug, tmp_path):
    give(slug, 20001)

    assert Slugs(tmp_path / "slugs").fit(slug, 20001) == slug


@needs_root
def test_copies_that_nobody_uses_go(slug, tmp_path):
    slugs = Slugs(tmp_path / "slugs")
    kept, gone = slugs.fit(slug, 20001), slugs.fit(slug, 20002)
    aside = slugs.put_aside({(slug, 20001)})

    assert kept.exists()
    assert not gone.exists()
    assert [folder.exists() for folder in aside] == [True]
    assert slugs.put_aside({(slug, 20001)}) == aside


def test_a_copy_that_is_being_made_for_a_user_is_left_alone(slug, tmp_path):
    slugs = Slugs(tmp_path / "slugs")
    half = slugs.fit(slug, 20001).rename(slugs.fit(slug, 20001).with_suffix(".new"))

    assert slugs.put_aside({(slug, 20001)}) == []
    assert half.exists()


@needs_root
def test_what_the_dead_left_half_made_or_half_removed_goes_at_the_start(slug, tmp_path):
    slugs = Slugs(tmp_path / "slugs")
    whole = slugs.fit(slug, 20001)
    for suffix in (".new", ".1.new", ".gone", ".1.gone"):
        copy_tree(slug, whole.with_name(whole.name + suffix), 20001)

    aside = slugs.put_aside({(slug, 20001)}, making=False)
    assert len(aside) == 4
    assert [folder.suffix for folder in (tmp_path / "slugs").iterdir() if folder != whole] == [".gone"] * 4
    assert slugs.put_aside(set(), making=False)
    assert not whole.exists()


@needs_root
def test_two_that_make_the_same_copy_at_once_both_get_it(slug, tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: Slugs(tmp_path / "slugs").fit(slug, 20001), range(8)))

    assert len(set(found)) == 1
    assert list((tmp_path / "slugs").iterdir()) == [found[0]]


def test_a_slug_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(OSError, match="nothing"):
        Slugs(tmp_path / "slugs").fit(tmp_path / "nothing", os.geteuid())
