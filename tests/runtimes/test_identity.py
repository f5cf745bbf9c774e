"""Who a process is."""

import os
import select
import subprocess
from pathlib import Path

from headway.runtimes import identity
from headway.runtimes.identity import Identity


def written(folder, pid, boot_id=None):
    boot_id = boot_id or identity.BOOT_ID.read_text().strip()
    stat = Path(f"/proc/{pid}/stat").read_text().rstrip("\n")
    (folder / "identity").write_text(f"{boot_id}\n{stat}\n")
    return folder / "identity"


def test_a_process_that_lives_is_opened_and_its_end_is_told(tmp_path):
    process = subprocess.Popen(["sleep", "1000"])
    who = identity.read(written(tmp_path, process.pid))
    descriptor = identity.open_process(who)
    process.kill()

    assert select.select([descriptor], [], [], 10)[0]
    process.wait()
    os.close(descriptor)


def test_a_process_of_another_boot_is_gone(tmp_path):
    who = identity.read(written(tmp_path, os.getpid(), boot_id="another"))

    assert identity.open_process(who) is None


def test_a_pid_that_is_used_again_is_somebody_else(tmp_path):
    who = identity.read(written(tmp_path, os.getpid()))
    later = Identity(who.boot_id, who.pid, who.started + 1)

    assert identity.open_process(later) is None


def test_an_identity_that_was_not_written_whole_is_none(tmp_path):
    whole = written(tmp_path, os.getpid()).read_text()
    for cut in range(len(whole)):
        (tmp_path / "identity").write_text(whole[:cut])
        assert identity.read(tmp_path / "identity") is None
    assert identity.read(tmp_path / "nothing") is None


def test_a_name_with_spaces_and_brackets_is_read(tmp_path):
    fields = " ".join(str(number) for number in range(4, 53))
    (tmp_path / "identity").write_text(f"boot\n7 (a) b) S {fields}\n")

    assert identity.read(tmp_path / "identity") == Identity("boot", 7, 22)


def test_a_lock_is_held_by_whoever_inherited_it(tmp_path):
    lock = tmp_path / "lock"
    assert not identity.is_locked(lock)
    descriptor = identity.take_lock(lock)
    process = subprocess.Popen(["sleep", "1000"], pass_fds=[descriptor])
    os.close(descriptor)

    assert identity.is_locked(lock)
    assert identity.take_lock(lock) is None
    assert list(identity.holders(lock)) == [process.pid]
    process.kill()
    process.wait()
    assert not identity.is_locked(lock)


def test_a_process_that_is_gone_has_no_children_and_takes_no_signal():
    process = subprocess.Popen(["true"])
    process.wait()

    assert identity.children(process.pid) == []
    assert identity.started(process.pid) is None
    assert identity.command_line(process.pid) == b""
