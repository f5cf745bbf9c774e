"""What a container sees, what it may use, and how it starts anew."""

import json
import os
import signal
from pathlib import Path

import msgspec
import pytest

from headway.errors import Failure
from headway.model.sizes import SIZES
from headway.runtimes import machine
from tests.runtimes.bench import MARK, SERVE, lines, needs_root, running, settled, slug, text, unit, until


async def test_a_container_has_its_own_processes_and_no_privileges(sandbox, place):
    command = (
        "ls -d /proc/[0-9]* | wc -l; grep -E 'NoNewPrivs|Cap(Bnd|Eff|Prm)' /proc/self/status; sleep 1000"
    )
    await sandbox.ensure(unit(place, "u1", command, listens=False))
    count, *status = text(await lines(sandbox, 5))

    assert int(count) <= 5
    assert {line.split()[0]: int(line.split()[1], 16) for line in status} == {
        b"CapPrm:": 0,
        b"CapEff:": 0,
        b"CapBnd:": 0,
        b"NoNewPrivs:": 1,
    }


async def test_a_container_sees_nothing_of_the_machine_but_its_programs(sandbox, place):
    (place / "runtime" / "secret").write_text("hidden")
    command = f"cat {place}/runtime/secret {place}/slug/serve.py /etc/shadow; ls /root /home; touch /usr/x /x; echo end"
    await sandbox.ensure(unit(place, "u1", f"{command}; sleep 1000", listens=False))
    said = text(await lines(sandbox, 8))

    assert said[-1] == b"end"
    assert len([line for line in said if b"No such file" in line]) == 5
    assert (
        len([line for line in said if b"Read-only file system" in line or b"Permission denied" in line]) == 2
    )


async def test_each_container_has_its_own_tmp(sandbox, place):
    for id in ("u1", "u2"):
        await sandbox.ensure(
            unit(place, id, "touch /tmp/$(hostname); ls /tmp; sleep 1000", label=id, listens=False)
        )

    assert set(text(await lines(sandbox, 2))) == {b"u1", b"u2"}


@needs_root
async def test_each_app_has_its_own_user_for_ever(sandbox, place):
    for id, app in (("u1", "a"), ("u2", "b"), ("u3", "a")):
        await sandbox.ensure(
            unit(place, id, f"echo {id} $(id -u) $(id -G); sleep 1000", app_id=app, listens=False)
        )
    users = dict(line.decode().split(" ", 1) for line in text(await lines(sandbox, 3)))

    assert users["u1"] == users["u3"] == "20000 20000"
    assert users["u2"] == "20001 20001"


async def test_each_start_begins_with_the_slug_as_it_was_built(runtime, place):
    (slug(place) / "data").mkdir()
    (slug(place) / "data" / "count").write_text("0\n")
    change = "cat data/count; echo 1 > data/count; touch new; ls | wc -l; exit 1"
    await runtime.ensure(unit(place, "u1", f"cd; {change}", listens=False))
    await settled(runtime, "u1", "crashed")
    said = [line for line in text(await lines(runtime, 12)) if line.isdigit()]

    assert said == [b"0", b"3"] * 4
    assert (place / "slug" / "data" / "count").read_text() == "0\n"


async def test_profile_scripts_of_the_slug_are_read_first(runtime, place):
    (slug(place) / ".profile.d").mkdir()
    (slug(place) / ".profile.d" / "path.sh").write_text("export FROM_PACK=pack")
    (slug(place) / ".profile").write_text("export FROM_APP=$FROM_PACK-app")
    await runtime.ensure(
        unit(place, "u1", "echo $FROM_APP $(basename $PWD) $HOME; sleep 1000", listens=False)
    )
    (said,) = text(await lines(runtime, 1))

    assert said.startswith(b"pack-app app /")


async def test_what_an_app_sets_reaches_no_program_that_starts_it(sandbox, place):
    environment = {"LD_PRELOAD": "/app/evil.so", "BASH_ENV": "/app/evil", "PATH": "/app/bin:/usr/bin:/bin"}
    await sandbox.ensure(unit(place, "u1", f"sleep {MARK}", environment=environment, listens=False))
    await until(running)
    outer = json.loads((place / "runtime/units/u1/runs/1/status").read_text().splitlines()[0])["child-pid"]

    assert b"evil" not in Path(f"/proc/{outer}/environ").read_bytes()
    assert b"evil" not in Path(f"/proc/{outer}/cmdline").read_bytes()


@needs_root
async def test_a_container_has_a_small_share_of_cpu_until_it_accepts_connections(sandbox, place):
    groups = machine.look(place / "runtime").groups
    assert groups is not None
    slow = f"while [ ! -e /tmp/go ]; do sleep 0.01; done; {SERVE}"
    await sandbox.ensure(unit(place, "u1", slow))
    shares = groups.parents["cpu"] / "u1.1" / ("cpu.shares" if groups.version == 1 else "cpu.weight")
    booting = int(shares.read_text())
    (place / "runtime/units/u1/runs/1/tmp/go").touch()
    await sandbox.ready("u1", seconds=20)

    assert int(shares.read_text()) >= 4 * booting


async def test_what_a_container_that_talks_without_end_has_said_is_forgotten_by_and_by(runtime, place):
    await runtime.ensure(unit(place, "u1", "seq 1000000; sleep 1000", listens=False))
    out = place / "runtime/units/u1/out"
    await until(lambda: out.read_bytes().endswith(b"\n1000000\n"))
    size = out.stat().st_size - 1
    await runtime.forget_output("u1", 2 << 20)
    first = out.stat().st_blocks
    await runtime.forget_output("u1", (2 << 20) + 100_000)
    assert out.stat().st_blocks == first
    await runtime.forget_output("u1", size)
    assert out.stat().st_blocks * 512 <= 12_288


@needs_root
async def test_a_container_over_its_memory_is_killed_and_told_so(sandbox, place):
    size = msgspec.structs.replace(SIZES["S"], memory_bytes=48 << 20)
    command = "python3 -S -E -c 'x = bytearray(200 << 20)'"
    await sandbox.ensure(unit(place, "u1", command, size=size))

    with pytest.raises(Failure, match="killed: out of memory, limit 48 MB"):
        await sandbox.ready("u1", seconds=20)
    said = text(await lines(sandbox, 1))
    assert said[0].startswith(b"web-1: killed: out of memory, limit 48 MB")


@needs_root
async def test_a_container_cannot_make_more_processes_than_its_size_has(sandbox, place):
    size = msgspec.structs.replace(SIZES["S"], pids=20)
    count = (
        "import os, time\n"
        "made = 0\n"
        "try:\n"
        "    while os.fork():\n"
        "        made += 1\n"
        "    time.sleep(1000)\n"
        "except BlockingIOError:\n"
        "    print(made, flush=True)\n"
        "    time.sleep(1000)\n"
    )
    (slug(place) / "count.py").write_text(count)
    await sandbox.ensure(unit(place, "u1", "exec python3 -S -E count.py", size=size, listens=False))

    assert text(await lines(sandbox, 1)) == [b"19"]


async def test_a_process_left_behind_is_gone_before_the_next_start(runtime, place):
    command = f"setsid sleep {MARK} & sleep 0.02; exit 1"
    await runtime.ensure(unit(place, "u1", command, listens=False))
    await settled(runtime, "u1", "crashed")

    assert not running()


async def test_a_sandbox_that_is_killed_from_outside_takes_all_with_it_and_starts_again(sandbox, place):
    await sandbox.ensure(unit(place, "u1", f"sleep {MARK}", listens=False))
    await until(running)
    outer = (place / "runtime/units/u1/runs/1/identity").read_text().split("\n")[1].split(" ")[0]
    os.kill(int(outer), signal.SIGKILL)
    await until((place / "runtime/units/u1/runs/2").exists)
    await until(running)

    assert running() == {MARK: 1}
    assert (await sandbox.units())[0].exit_code == 137


async def test_a_shell_that_writes_to_its_output_by_name_is_read_on(runtime, place):
    command = "trap 'echo two > /dev/stderr; echo 3 >> /dev/stdout; echo four; exit 1' TERM"
    await runtime.ensure(
        unit(place, "u1", f"{command}; echo one; while :; do sleep 0.01; done", listens=False)
    )
    (first, *_) = await lines(runtime, 1)
    await runtime.stop("u1", grace_seconds=20)
    rest = await lines(runtime, 4, {"u1": first.end})

    assert text([first]) == [b"one"]
    assert [line for line in text(rest) if b"lines may be lost" not in line] == [b"two", b"3", b"four"]
    assert first.end <= min(run.end for run in rest)
