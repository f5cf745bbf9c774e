"""What a run uses, as control groups of both versions tell it, and as processes do."""

import asyncio
import subprocess
import sys

import pytest

from headway.runtimes.cgroups import Groups
from headway.runtimes.usage import Found, Used, used
from tests.runtimes.bench import lines, unit

CHILD = """
import os, sys, threading
held = bytearray(os.urandom(1 << 20)) * 20
if os.fork() == 0:
    end = os.times().user + 0.3
    while os.times().user < end: pass
    os._exit(0)
os.wait()
def branch():
    pid = os.fork()
    if pid == 0:
        more = bytearray(os.urandom(1 << 20)) * 10
        sys.stdout.write("up\\n"); sys.stdout.flush()
        sys.stdin.read(); os._exit(0)
    os.waitpid(pid, 0)
thread = threading.Thread(target=branch); thread.start(); thread.join()
"""


def written(folder, **files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


def found(version, **parents):
    group = Groups(version=version, parents=parents)
    return Found(group=(group, "u1.1"), init=None, lock=next(iter(parents.values())) / "nobody")


def memory_1(folder, **files):
    given = {
        "memory__usage_in_bytes": "5000\n",
        "memory__max_usage_in_bytes": "9000\n",
        "memory__stat": "cache 1\ninactive_file 7\ntotal_inactive_file 2000\ntotal_swap 300\n",
    }
    written(folder, **(given | files))


def test_version_1_tells_memory_without_files_that_could_be_read_again(tmp_path):
    memory_1(tmp_path / "memory/u1.1")
    written(tmp_path / "cpuacct/u1.1", cpuacct__usage="2500000000\n")
    written(tmp_path / "cpu/u1.1", cpu__stat="nr_periods 0\nnr_throttled 0\nthrottled_time 0\n")

    assert used(found(1, **{name: tmp_path / name for name in ("memory", "cpu", "cpuacct")})) == Used(
        cpu_seconds=2.5,
        memory_bytes=3000,
        memory_highest_bytes=9000,
        swap_bytes=300,
        swap_highest_bytes=300,
    )


def test_version_1_may_have_both_controllers_of_the_processor_in_one_folder(tmp_path):
    memory_1(tmp_path / "memory/u1.1")
    written(tmp_path / "cpu/u1.1", cpuacct__usage="1000000000\n", cpu__stat="nr_periods 0\n")

    told = used(found(1, memory=tmp_path / "memory", cpu=tmp_path / "cpu"))
    assert told is not None
    assert told.cpu_seconds == 1


V2 = {
    "memory__current": "5000\n",
    "memory__stat": "anon 1\ninactive_file 2000\n",
    "cpu__stat": "usage_usec 2500000\nuser_usec 1\n",
}


def test_version_2_tells_it_in_one_folder(tmp_path):
    peaks = {"memory__peak": "9000\n", "memory__swap__current": "300\n", "memory__swap__peak": "400\n"}
    written(tmp_path / "u1.1", **V2, **peaks)

    assert used(found(2, memory=tmp_path, cpu=tmp_path)) == Used(
        cpu_seconds=2.5, memory_bytes=3000, memory_highest_bytes=9000, swap_bytes=300, swap_highest_bytes=400
    )


def test_a_kernel_that_tells_no_peak_has_reached_at_least_what_is_used_now(tmp_path):
    written(tmp_path / "u1.1", **V2)

    told = used(found(2, memory=tmp_path))
    assert told is not None
    assert (told.memory_bytes, told.memory_highest_bytes, told.swap_bytes) == (3000, 5000, 0)
    assert told.cpu_seconds == 2.5


@pytest.mark.parametrize("version", [1, 2])
def test_a_group_that_is_gone_uses_nothing(tmp_path, version):
    assert used(found(version, memory=tmp_path / "memory", cpu=tmp_path / "cpu")) is None


@pytest.fixture
def tree():
    """A process that has waited for a busy child, and has another one below a thread."""
    child = subprocess.Popen(
        [sys.executable, "-S", "-E", "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "up\n"
    yield child
    child.communicate()


def test_processes_tell_for_all_that_descend_from_the_first(tmp_path, tree):
    told = used(Found(group=None, init=tree.pid, lock=tmp_path / "lock"))

    assert told is not None
    assert 30 << 20 < told.memory_bytes < 60 << 20
    assert told.memory_highest_bytes == told.memory_bytes
    assert 0.3 <= told.cpu_seconds < 10


def test_where_the_groups_tell_no_processor_time_their_processes_do(tmp_path, tree):
    memory_1(tmp_path / "memory/u1.1", cgroup__procs=f"{tree.pid}\n")

    told = used(found(1, memory=tmp_path / "memory"))
    assert told is not None
    assert told.memory_bytes == 3000
    assert told.cpu_seconds >= 0.3


def test_processes_are_also_found_by_the_lock_that_they_hold(tmp_path):
    lock = tmp_path / "lock"
    with lock.open("w") as held:
        child = subprocess.Popen(
            [sys.executable, "-S", "-E", "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[held.fileno()]
        )
    try:
        told = used(Found(group=None, init=None, lock=lock))
        assert told is not None
        assert told.memory_bytes > 1 << 20
    finally:
        child.communicate(b"\n")
    assert used(Found(group=None, init=None, lock=lock)) is None


def test_a_process_that_is_gone_uses_nothing(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    told = used(Found(group=None, init=child.pid, lock=tmp_path / "lock"))
    assert told is None or told.memory_bytes == 0


async def test_a_container_that_is_busy_and_large_is_told_to_be(runtime, place):
    script = "held = bytearray(30 << 20)\nprint('up', flush=True)\nwhile True: pass"
    (place / "slug").mkdir()
    (place / "slug" / "busy.py").write_text(script)
    await runtime.ensure(unit(place, "u1", "python3 -S -E busy.py", listens=False))
    await lines(runtime, 1)
    (first,) = await runtime.usage()

    assert 30 << 20 < first.memory_bytes < 80 << 20
    assert first.memory_highest_bytes >= first.memory_bytes
    async with asyncio.timeout(60):
        while (await runtime.usage())[0].cpu_seconds < first.cpu_seconds + 0.05:
            await asyncio.sleep(0.01)
