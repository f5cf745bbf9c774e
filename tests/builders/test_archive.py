"""Unpacking: what is honest comes out whole, what is not is refused by name and leaves nothing."""

import asyncio
import contextlib
import gzip
import io
import os
import subprocess
import tarfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headway.builders.archive import Limits, unpack
from headway.errors import Failure
from tests.builders.archives import archive, contents, folder, hard_link, link, member, packed, pax

LIMITS = Limits(archive_bytes_max=1 << 20, source_bytes_max=10 << 20, source_files_max=1000)
DEVICE, PIPE = tarfile.CHRTYPE, tarfile.FIFOTYPE


async def refusal(file: Path, limits: Limits = LIMITS) -> str:
    target = file.parent / "refused"
    with pytest.raises(Failure) as caught:
        await unpack(file, target, limits)
    assert caught.value.code == "build-error"
    assert not target.exists()
    return caught.value.text


async def unpacked(file: Path) -> Path:
    await unpack(file, file.parent / "source", LIMITS)
    return file.parent / "source"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "it.tar.gz"


async def test_the_root_folder_becomes_the_folder_with_programs_kept_programs(file):
    tree = await unpacked(packed(file, {"a.txt": "a", "deep/er/b.sh": "b"}, programs=("deep/er/b.sh",)))
    assert contents(tree) == {"a.txt": "a", "deep/er/b.sh": "b"}
    assert (tree / "a.txt").stat().st_mode & 0o777 == 0o644
    assert (tree / "deep/er/b.sh").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
async def test_every_usual_form_of_tar_is_understood(file, form):
    long = (
        "/".join(["proj", "x" * 60, "y" * 60, "z.txt"])
        if form == tarfile.USTAR_FORMAT
        else f"proj/{'é' * 120}.txt"
    )
    with tarfile.open(file, "w:gz", format=form) as tar:
        info = tarfile.TarInfo(long)
        info.size = 5
        tar.addfile(info, io.BytesIO(b"hello"))
    assert contents(await unpacked(file)) == {long.removeprefix("proj/"): "hello"}


async def test_an_archive_of_git_is_understood_with_its_global_header(file, tmp_path):
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / "a.txt").write_text("a")
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.org")
    for words in (("init", "-q"), ("add", "."), (*identity, "commit", "-qm", "a")):
        subprocess.run(("git", *words), cwd=repository, check=True)
    subprocess.run(("git", "archive", "--prefix=proj/", "-o", file, "HEAD"), cwd=repository, check=True)
    assert contents(await unpacked(file)) == {"a.txt": "a"}


async def test_files_that_a_mac_adds_are_left_out_and_others_of_such_a_name_are_not(file):
    double = b"\x00\x05\x16\x07 and so on"
    tree = await unpacked(
        archive(
            file,
            member("._proj", content=double),
            folder(),
            member("proj/._a", content=double),
            member("proj/._b", content=b"b"),
        )
    )
    assert contents(tree) == {"._b": "b"}


async def test_links_inside_are_kept_of_both_kinds_and_through_each_other(file):
    tree = await unpacked(
        archive(
            file,
            folder(),
            member("proj/d/a", content=b"a"),
            hard_link("proj/b", "proj/d/a"),
            link("proj/here", "d"),
            link("proj/d/up", ".."),
            link("proj/c", "here/up/d/a"),
            link("proj/dangling", "not/there"),
        )
    )
    assert (tree / "c").read_text() == "a"
    assert (tree / "b").samefile(tree / "d/a")
    assert (tree / "dangling").is_symlink()


async def test_setuid_is_dropped(file):
    tree = await unpacked(archive(file, folder(), member("proj/a", mode=0o6755)))
    assert (tree / "a").stat().st_mode & 0o7777 == 0o755


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ((member("proj/../../evil"),), "a path that leads outside: proj/../../evil"),
        ((member("/etc/evil"),), "an absolute path: /etc/evil"),
        ((folder("one"), folder("two")), "exactly one folder at its root, but holds one and two"),
        ((member("app.py"),), "exactly one folder at its root, but holds app.py, which is a file"),
        ((link("proj/x", "../evil"),), "a link that leads outside: x -> ../evil"),
        ((link("proj/x", "/etc/passwd"),), "a link that leads outside: proj/x -> /etc/passwd"),
        (
            (folder("proj/d"), link("proj/d/up", ".."), link("proj/x", "d/up/../e")),
            "leads outside: x -> d/up/../e",
        ),
        (
            (link("proj/a", "b/.."), link("proj/b", "."), link("proj/c", "a/../x")),
            "a link that leads outside",
        ),
        ((link("proj/a", "b"), link("proj/b", "a")), "a link that leads in a circle: a -> b"),
        ((link("proj/a", "."), member("proj/a/b")), "proj/a/b below a, which is a symbolic link"),
        ((hard_link("proj/x", "/etc/passwd"),), "an absolute path: /etc/passwd"),
        ((folder(), hard_link("proj/x", "other/y")), "a hard link that leads outside: proj/x -> other/y"),
        ((folder(), hard_link("proj/x", "proj/later")), "a hard link to what is not there"),
        ((folder(), hard_link("proj/x", "proj/x")), "a hard link to what is not there"),
        ((member("proj/null", DEVICE),), "a device, which is not allowed: proj/null"),
        ((member("proj/pipe", PIPE),), "a named pipe, which is not allowed: proj/pipe"),
        ((member("proj/a"), member("proj/a")), "the same name twice: proj/a"),
        ((member("proj/a"), member("proj/./a")), "the same name twice"),
        ((member("proj/a"), folder("proj/a")), "the same name twice"),
        ((member("proj/a"), member("proj/a/b")), "proj/a/b below a, which is a file"),
        ((member("proj/" + "x" * 256),), "a name that is too long"),
        ((member("proj/" + "x/" * 200 + "y"),), "a name that is too long"),
        ((pax({"path": b"proj/\xff"}), member("proj/a")), "a name that is not UTF-8: proj/\\xff"),
        ((pax({"path": b"proj/a\0b"}), member("proj/a")), "a name with a null character"),
        ((pax({"GNU.sparse.major": b"1"}), member("proj/a")), "a sparse file"),
        ((pax({"size": b"99999999999"}), member("proj/a")), "too large"),
        ((member("proj/\x1b[31m\n", DEVICE),), "proj/\\x1b[31m\\n"),
        ((), "the archive is empty: it must hold one folder"),
    ],
)
async def test_what_is_malicious_is_refused_by_name(file, members, text):
    assert text in await refusal(archive(file, *members))


async def test_a_file_that_is_no_archive_is_refused(file):
    file.write_bytes(b"hello")
    assert "not packed with gzip" in await refusal(file)
    file.write_bytes(b"")
    assert "no bytes at all" in await refusal(file)
    file.write_bytes(gzip.compress(b"hello" * 1000))
    assert "not a tar" in await refusal(file)
    file.unlink()
    assert "not there" in await refusal(file)


async def test_an_archive_that_is_cut_anywhere_is_refused(file):
    whole = packed(file, {"a.txt": os.urandom(3000), "b.txt": "b"}).read_bytes()
    for length in range(12, len(whole), 97):
        file.write_bytes(whole[:length])
        assert "cut short" in await refusal(file)


async def test_a_tar_without_its_end_mark_is_refused(file):
    assert "end mark is missing" in await refusal(archive(file, folder(), member("proj/a"), end=b""))


async def test_a_damaged_header_is_refused_and_not_taken_for_the_end(file):
    damaged = bytearray(member("proj/b"))
    damaged[0] ^= 1
    assert "a header is wrong" in await refusal(archive(file, folder(), bytes(damaged), member("proj/c")))


async def test_files_behind_the_end_are_not_passed_over(file):
    assert "behind its end mark" in await refusal(archive(file, folder(), bytes(1024), member("proj/c")))


async def test_something_behind_the_gzip_is_refused_but_zeros_and_more_gzip_are_not(file):
    whole = packed(file, {"a": "a"}).read_bytes()
    file.write_bytes(whole + b"garbage")
    assert "not gzip follows" in await refusal(file)
    file.write_bytes(whole + bytes(100_000))
    assert contents(await unpacked(file)) == {"a": "a"}


async def test_gzip_in_several_members_is_one_archive(file, tmp_path):
    tar = gzip.decompress(packed(file, {"a": "a" * 5000}).read_bytes())
    file.write_bytes(b"".join(gzip.compress(tar[at : at + 700]) for at in range(0, len(tar), 700)))
    assert contents(await unpacked(file)) == {"a": "a" * 5000}


async def test_a_bomb_of_ten_gibibytes_is_refused_before_it_unfolds(file, tmp_path):
    info = tarfile.TarInfo("proj/zeros")
    info.size = 10 << 30
    huge = info.tobuf(tarfile.GNU_FORMAT)
    zeros = gzip.compress(bytes(1 << 20))
    file.write_bytes(gzip.compress(folder() + huge) + zeros * 400)
    assert "too large: unpacked it has more than" in await refusal(file)


async def test_zeros_without_a_tar_around_them_are_refused_within_the_limit(file):
    file.write_bytes(gzip.compress(folder() + bytes(1024)) + gzip.compress(bytes(1 << 20)) * 50)
    assert "too large: unpacked" in await refusal(file)


async def test_a_header_too_large_to_remember_is_refused(file):
    assert "a header of 2,000,000 bytes" in await refusal(archive(file, member("x", b"L", b"x" * 2_000_000)))


async def test_too_many_files_are_refused(file):
    entries = b"".join(member(f"proj/{number}") for number in range(1001))
    assert "more than 1,000" in await refusal(archive(file, entries))


async def test_a_million_entries_are_not_read_to_the_end(file):
    block = gzip.compress(b"".join(member(f"proj/{number}") for number in range(1000)), 1)
    file.write_bytes(gzip.compress(folder()) + block * 1000)
    limits = Limits(archive_bytes_max=1 << 30, source_bytes_max=1 << 40, source_files_max=500)
    assert "more than 500" in await refusal(file, limits)


async def test_an_archive_over_its_own_limit_is_refused_unread(file):
    file.write_bytes(b"x" * ((1 << 20) + 1))
    assert "at most 1,048,576 are taken" in await refusal(file)


async def test_a_cancel_ends_the_unpacking_and_leaves_nothing(file, tmp_path):
    pipe, begun = tmp_path / "slow", threading.Event()
    os.mkfifo(pipe)
    info = tarfile.TarInfo("proj/a")
    info.size = 9 << 20

    def feed() -> None:
        with contextlib.suppress(BrokenPipeError), pipe.open("wb", buffering=0) as stream:
            stream.write(gzip.compress(folder() + info.tobuf()))
            begun.set()
            for _ in range(9 << 10):
                stream.write(gzip.compress(bytes(1 << 10)))

    feeding = threading.Thread(target=feed)
    feeding.start()
    task = asyncio.ensure_future(unpack(pipe, tmp_path / "source", LIMITS))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    feeding.join()
    assert not (tmp_path / "source").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: mounts a small file system")
async def test_a_full_disk_is_no_space_and_leaves_nothing(file, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(("mount", "-t", "tmpfs", "-o", "size=4m", "none", small), check=True)
    try:
        packed(file, {f"{number}": os.urandom(50_000) for number in range(20)} | {"zeros": bytes(5 << 20)})
        limits = Limits(archive_bytes_max=8 << 20, source_bytes_max=20 << 20, source_files_max=1000)
        with pytest.raises(Failure) as caught:
            await unpack(file, small / "source", limits)
        assert caught.value.code == "no-space"
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(("umount", small), check=True)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2000), st.integers(0, 3000), st.booleans())
def test_no_bytes_whatever_raise_anything_but_a_failure(tmp_path_factory, noise, at, inside):
    file = tmp_path_factory.mktemp("noise") / "it.tar.gz"
    tar = (
        folder() + member("proj/a", content=b"a" * 600) + pax({"path": b"proj/b"}) + member("x") + bytes(1024)
    )
    noisy = tar[:at] + noise + tar[at + len(noise) :]
    whole = gzip.compress(tar)
    file.write_bytes(gzip.compress(noisy) if inside else whole[:at] + noise + whole[at:])
    target = file.parent / "source"
    try:
        asyncio.run(unpack(file, target, LIMITS))
    except Failure:
        assert not target.exists()
