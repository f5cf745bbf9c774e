"""Control groups of both versions: where they are found, and what is written there."""

import os
import subprocess
from pathlib import Path

import pytest

from headway.model.sizes import SIZES
from headway.runtimes import cgroups
from headway.runtimes.cgroups import Groups, Setting


def tree(folder, controllers="cpu io memory pids"):
    """A folder that looks like a version 2 hierarchy."""
    folder.mkdir(parents=True)
    (folder / "cgroup.controllers").write_text(controllers)
    (folder / "cgroup.subtree_control").write_text("")
    (folder / "cgroup.procs").write_text("1\n")
    return folder


def test_version_1_sets_memory_without_swap_and_a_share_of_cpu(tmp_path):
    groups = Groups(version=1, parents={name: tmp_path / name for name in cgroups.CONTROLLERS})

    assert cgroups.settings(groups, "u1.1", SIZES["S"]) == [
        Setting(tmp_path / "memory/u1.1/memory.limit_in_bytes", str(256 << 20)),
        Setting(tmp_path / "memory/u1.1/memory.memsw.limit_in_bytes", str(256 << 20), needed=False),
        Setting(tmp_path / "pids/u1.1/pids.max", "130"),
        Setting(tmp_path / "cpu/u1.1/cpu.shares", "512"),
    ]


def test_version_2_sets_the_same_in_one_folder(tmp_path):
    groups = Groups(version=2, parents=dict.fromkeys(cgroups.CONTROLLERS, tmp_path))

    assert cgroups.settings(groups, "u1.1", SIZES["XL"]) == [
        Setting(tmp_path / "u1.1/memory.max", str(2048 << 20)),
        Setting(tmp_path / "u1.1/memory.swap.max", "0", needed=False),
        Setting(tmp_path / "u1.1/pids.max", "1026"),
        Setting(tmp_path / "u1.1/cpu.weight", "200"),
    ]
    assert cgroups.places(groups, "u1.1") == [tmp_path / "u1.1"]


@pytest.mark.parametrize(
    ("version", "file", "small", "whole"), [(1, "cpu.shares", "256", "1024"), (2, "cpu.weight", "25", "100")]
)
def test_a_group_that_boots_has_a_small_share_of_cpu_until_it_has_booted(
    tmp_path, version, file, small, whole
):
    groups = Groups(version=version, parents=dict.fromkeys(cgroups.CONTROLLERS, tmp_path))

    cgroups.make(groups, "u1.1", SIZES["M"], boots=True)
    assert (tmp_path / "u1.1" / file).read_text() == small
    cgroups.booted(groups, "u1.1", SIZES["M"])
    assert (tmp_path / "u1.1" / file).read_text() == whole
    cgroups.make(groups, "u2.1", SIZES["M"])
    assert (tmp_path / "u2.1" / file).read_text() == whole


def test_a_group_that_is_gone_has_no_share_to_be_given(tmp_path):
    groups = Groups(version=1, parents=dict.fromkeys(cgroups.CONTROLLERS, tmp_path))
    cgroups.booted(groups, "u1.1", SIZES["M"])
    assert list(tmp_path.iterdir()) == []


def test_version_1_is_preferred_where_it_carries_the_controllers(tmp_path):
    tree(tmp_path / "unified", "hugetlb")
    for name in ("memory", "pids", "cpu"):
        (tmp_path / name).mkdir()
    mounts = "".join(f"cgroup {tmp_path}/{name} cgroup rw,{name} 0 0\n" for name in ("memory", "pids", "cpu"))
    found = cgroups.find("ours", mounts=f"{mounts}cgroup2 {tmp_path}/unified cgroup2 rw 0 0\n", own="0::/\n")

    assert found == Groups(
        version=1, parents={name: tmp_path / name / "ours" for name in cgroups.CONTROLLERS}
    )


def test_version_2_is_used_where_it_carries_the_controllers(tmp_path):
    top = tree(tmp_path / "top")
    # The kernel makes these files in each folder; here they are there before it.
    tree(top / "ours")
    found = cgroups.find("ours", mounts=f"cgroup2 {top} cgroup2 rw 0 0\n", own="0::/\n")

    assert found == Groups(version=2, parents=dict.fromkeys(cgroups.CONTROLLERS, top / "ours"))
    assert (top / "cgroup.subtree_control").read_text() == "+memory +pids +cpu"


def test_without_a_hierarchy_there_are_no_groups(tmp_path):
    assert cgroups.find("ours", mounts="proc /proc proc rw 0 0\n", own="0::/\n") is None
    empty = tree(tmp_path / "empty", "hugetlb")
    assert cgroups.find("ours", mounts=f"cgroup2 {empty} cgroup2 rw 0 0\n", own="0::/\n") is None


@pytest.mark.parametrize(("version", "name"), [(1, "memory.oom_control"), (2, "memory.events")])
def test_processes_that_were_killed_for_memory_are_counted(tmp_path, version, name):
    groups = Groups(version=version, parents={"memory": tmp_path})
    (tmp_path / "u1.1").mkdir()
    (tmp_path / "u1.1" / name).write_text("low 0\nunder_oom 1\noom_kill 2\noom_group_kill 0\n")

    assert cgroups.oom_kills(groups, "u1.1") == 2
    assert cgroups.oom_kills(groups, "u2.1") == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make groups here")
def test_a_group_is_entered_counted_and_removed(tmp_path):
    mounts, own = (Path("/proc/self", name).read_text() for name in ("mounts", "cgroup"))
    groups = cgroups.find(f"headway-test-{os.getpid()}", mounts=mounts, own=own)
    if groups is None:
        pytest.skip("this machine offers no control groups")
    enter = cgroups.make(groups, "u1.1", SIZES["S"])
    script = "for file; do echo 0 > $file; done; exec sleep 1000"
    process = subprocess.Popen(["sh", "-c", script, "sh", *map(str, enter)])
    while cgroups.processes(groups, "u1.1") != {process.pid}:
        assert process.poll() is None

    assert cgroups.names(groups) == {"u1.1"}
    assert not cgroups.remove(groups, "u1.1")
    process.kill()
    process.wait()
    assert cgroups.remove(groups, "u1.1")
    assert cgroups.names(groups) == set()
    cgroups.leave(groups)
    assert not any(parent.exists() for parent in groups.parents.values())
