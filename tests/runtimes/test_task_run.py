"""Tasks: what they may write to, and their end."""

import asyncio
import os
import signal

import pytest

from headway.errors import Failure
from tests.runtimes.bench import MARK, running, task


async def test_a_task_writes_to_its_folder_and_to_nothing_else(sandbox, place):
    for name in ("pack", "cache"):
        (place / name).mkdir()
    (place / "pack" / "tool").write_text("tool\n")
    script = "cat /pack/tool; echo kept > /cache/x; echo built > /app/result; touch /pack/x"
    asked = task(place, "t1", script, mounts={"/pack": place / "pack"}, writable={"/cache": place / "cache"})
    heard = bytearray()

    assert await sandbox.perform(asked, heard.extend) != 0
    assert heard.startswith(b"tool\n")
    assert (place / "t1" / "result").read_text() == "built\n"
    assert (place / "cache" / "x").read_text() == "kept\n"
    assert not (place / "pack" / "x").exists()


async def test_a_task_sees_what_is_mounted_in_etc_beside_what_is_there_anyway(sandbox, place):
    (place / "more").write_text("more\n")
    said = []
    inside = "/etc/more/deep"
    asked = task(
        place, "t1", f"cat {inside} && head -n 1 /etc/group && ls /etc/hosts", mounts={inside: place / "more"}
    )
    assert await sandbox.perform(asked, said.append) == 0
    first, group, hosts = b"".join(said).splitlines()
    assert (first, group[:4], hosts) == (b"more", b"app:", b"/etc/hosts")


async def test_cancelling_a_task_kills_all_that_it_started(runtime, place):
    up = asyncio.Event()
    script = f"for i in $(seq 5); do setsid sleep {MARK} & done; echo up; trap '' TERM; sleep {MARK}"
    running_task = asyncio.create_task(runtime.perform(task(place, "t1", script), lambda _: up.set()))
    await up.wait()
    running_task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running_task

    assert not running()


@pytest.mark.parametrize("where", ["/app", "/tmp", "/cache"])
async def test_a_task_that_takes_too_much_disk_is_ended(sandbox, place, where):
    (place / "cache").mkdir()
    script = f"head -c 3000000 /dev/zero > {where}/a; sleep {MARK}"
    asked = task(place, "t1", script, writable={"/cache": place / "cache"}, disk_bytes_max=2_000_000)
    with pytest.raises(Failure, match="more than 2,000,000 bytes of disk") as raised:
        await sandbox.perform(asked, bytes)
    assert raised.value.code == "disk-error"
    assert not running()


HIDES = """
import os, time
kept = [open(f"/tmp/{n}", "wb") for n in range(3)]
for it in kept:
    os.unlink(it.name)
    it.write(bytes(1_500_000))
    it.flush()
time.sleep(1000)
"""


async def test_a_task_cannot_hide_what_it_writes_in_files_without_a_name(sandbox, place):
    asked = task(place, "t1", f"exec python3 -S -c '{HIDES}'", disk_bytes_max=2_000_000)
    with pytest.raises(Failure, match="more than 2,000,000 bytes of disk"):
        await sandbox.perform(asked, bytes)


async def test_no_file_of_a_task_grows_larger_than_all_may_be(runtime, place):
    asked = task(place, "t1", "exec head -c 9000000 /dev/zero > big", disk_bytes_max=2_000_000)
    assert await runtime.perform(asked, bytes) == 128 + signal.SIGXFSZ
    assert (place / "t1" / "big").stat().st_size < 2_010_000


@pytest.mark.parametrize("kind", ["process-B"])
@pytest.mark.skipif(os.geteuid() != 0, reason="level B is for root")
async def test_where_no_group_limits_a_task_each_process_is_limited(runtime, place):
    heard = bytearray()
    await runtime.perform(task(place, "t1", "cat /proc/self/limits"), heard.extend)
    told = {line[:26].strip(): line[26:].split()[1] for line in heard.decode().splitlines()}
    assert (told["Max data size"], told["Max processes"]) == (str(256 << 20), "128")


async def test_a_task_that_talks_without_end_is_cut_short(runtime, place):
    heard = bytearray()
    await runtime.perform(task(place, "t1", "seq 100000", output_bytes_max=1000), heard.extend)

    assert len(heard) < 1100
    assert heard.endswith(b"(further output is left out)\n")
