"""What a container has in /etc."""

import os

import pytest

from headway.runtimes import etc


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "theirs"
    (folder / "ssl").mkdir(parents=True)
    (folder / "shadow").write_text("secret")
    (folder / "hosts").write_text("127.0.0.1 localhost\n")
    (folder / "hosts").chmod(0o600)
    (folder / "zone").write_text("UTC")
    (folder / "localtime").symlink_to("zone")
    return folder


@pytest.fixture
def filled(tmp_path, source):
    folder = tmp_path / "ours"
    folder.mkdir()
    etc.fill(folder, source=source)
    return folder


def test_only_what_programs_need_is_there_and_everybody_can_read_it(filled):
    assert sorted(file.name for file in filled.iterdir()) == ["hosts", "localtime", "ssl"]
    assert (filled / "localtime").read_text() == "UTC"
    assert (filled / "hosts").stat().st_mode & 0o777 == 0o644
    assert not list((filled / "ssl").iterdir())


def test_what_has_not_changed_is_not_copied_again(filled, source):
    before = (filled / "hosts").stat().st_ino
    etc.fill(filled, source=source)
    assert (filled / "hosts").stat().st_ino == before


def test_what_has_changed_or_gone_is_so_in_the_next_container(filled, source):
    (source / "hosts").write_text("127.0.0.1 elsewhere\n")
    os.utime(source / "hosts", ns=(1, 1))
    (source / "localtime").unlink()
    etc.fill(filled, source=source)
    assert sorted(file.name for file in filled.iterdir()) == ["hosts", "ssl"]
    assert (filled / "hosts").read_text() == "127.0.0.1 elsewhere\n"
