"""The process runtime as it is: what it stops, what it leaves behind and what it survives."""

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from headway.errors import Failure
from tests.runtimes.bench import MARK, clear, lines, make, needs_root, running, serving, settled, unit, until
from tests.runtimes.control_plane import CRASHES, DELAYS

UNPRIVILEGED = "not memory and not (process-D and (any_instant or many_deaths))"
SECONDS_MAX = 280
"""For all suites of the runtime once more, on a machine that others use too."""


@contextlib.contextmanager
def control_plane(kind, place, act):
    """Another process that acts on the same folder; killed, not ended."""
    argv = [sys.executable, "-m", "tests.runtimes.control_plane", kind, str(place), act]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@contextlib.asynccontextmanager
async def cleared(runtime):
    """Stop everything behind a test, also one that fails."""
    try:
        yield
    finally:
        await clear(runtime)


def starts(place, id):
    """How often a unit that says so was started."""
    return (place / "runtime" / "units" / id / "out").read_text().replace("\0", "").splitlines().count("run")


async def heard(process, word):
    """Wait for a line that begins so; its last word."""
    for line in iter(process.stdout.readline, b""):
        if line.startswith(word):
            return line.decode().split()[-1]
    raise AssertionError(f"it ended without {word}")


@needs_root
async def test_a_data_folder_that_only_root_can_reach_is_no_hindrance(place):
    place.chmod(0o700)
    async with serving(make("process-A", place / "runtime")) as runtime:
        await runtime.ensure(unit(place, "u1"))
        assert (await runtime.ready("u1", seconds=20)).state == "running"
        await clear(runtime)


@needs_root
async def test_no_control_group_is_left_behind(place):
    runtime = make("process-A", place / "runtime")
    parents = list(runtime._machine.groups.parents.values())
    async with serving(runtime):
        await runtime.ensure(unit(place, "u1", "exit 1", listens=False))
        await settled(runtime, "u1", "crashed")
        await runtime.ensure(unit(place, "u2", "sleep 1000", listens=False))
        await runtime.stop("u2")

    assert not any(parent.exists() for parent in parents)


@needs_root
async def test_a_full_disk_is_told_and_leaves_no_unit_behind(place):
    disk = place / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,mode=755", "tmpfs", disk], check=True)
    try:
        async with serving(make("process-A", disk / "runtime")) as runtime:
            with contextlib.suppress(OSError), (disk / "full").open("wb", buffering=0) as full:
                while True:
                    full.write(bytes(1024))
            with pytest.raises(Failure) as raised:
                await runtime.ensure(unit(place, "u1"))
            assert raised.value.code == "no-space"
            assert await runtime.units() == []
    finally:
        subprocess.run(["umount", disk], check=True)


# Stopping


async def test_stopping_at_once_leaves_nothing(runtime, place):
    for number in range(5):
        id = f"u{number}"
        starting = asyncio.create_task(runtime.ensure(unit(place, id, f"sleep {MARK}", listens=False)))
        await asyncio.sleep(0.004 * number)
        await runtime.stop(id, grace_seconds=5)
        await asyncio.gather(starting, return_exceptions=True)
        await runtime.stop(id, grace_seconds=5)
    assert not running()


# The death of the control plane


async def test_containers_live_on_and_are_adopted(kind, place):
    async with serving(make(kind, place / "runtime")) as runtime:
        await runtime.ensure(unit(place, "u1"))
        before = await runtime.ready("u1", seconds=20)
    async with serving(make(kind, place / "runtime")) as runtime:
        assert await runtime.ready("u1", seconds=20) == before
        await clear(runtime)


async def test_an_exit_that_nobody_watched_is_known_with_its_code(kind, place):
    async with serving(make(kind, place / "runtime", delays=())) as runtime:
        await runtime.ensure(unit(place, "u1", f"sleep {MARK}; exit 7", listens=False))
        await until(running)
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if (folder / "cmdline").read_bytes() == f"sleep\0{MARK}\0".encode():
                os.kill(int(folder.name), signal.SIGKILL)
    status = place / "runtime/units/u1/runs/1/status"
    await until(lambda: "exit-code" in status.read_text())
    async with serving(make(kind, place / "runtime", delays=())) as runtime:
        (found,) = await runtime.units()
        assert (found.state, found.crashes, found.exit_code) == ("crashed", 1, 7)
        await clear(runtime)


async def test_a_stop_that_was_interrupted_is_finished_by_the_next(kind, place):
    async with serving(make(kind, place / "runtime")) as runtime:
        await runtime.ensure(unit(place, "stubborn", f"trap '' TERM; echo up; sleep {MARK}", listens=False))
        await lines(runtime, 1)
    with control_plane(kind, place, "stop") as process:
        await heard(process, b"stopping")
    assert running() == {MARK: 1}
    async with serving(make(kind, place / "runtime")) as runtime:
        await until(lambda: not running())
        await runtime.stop("stubborn")
        assert await runtime.units() == []


async def test_a_task_dies_with_the_control_plane(kind, place):
    mark = f"1000.{os.getpid()}"
    with control_plane(kind, place, "perform") as process:
        await heard(process, b"running")
        await until(lambda: running(mark))
    async with serving(make(kind, place / "runtime")):
        assert not running(mark)
        assert not list((place / "runtime" / "tasks").iterdir())


@pytest.mark.slow
async def test_killed_at_any_instant_nothing_is_lost_and_nothing_doubled(kind, place):
    chance = random.Random(7)
    ensured, stopped = set(), set()
    for cycle in range(8):
        with control_plane(kind, place, "change") as process:
            await heard(process, b"ready")
            if cycle % 2:
                ensured.add(await heard(process, b"ensured"))
            await asyncio.sleep(chance.uniform(0, 0.1))
            process.kill()
            for line in process.stdout:
                word, id = line.decode().split()
                (ensured if word == "ensured" else stopped).add(id)
    async with serving(make(kind, place / "runtime", delays=DELAYS)) as runtime, cleared(runtime):
        await settled(runtime, "crashing", "crashed")
        states = {status.id: status for status in await runtime.units()}
        there = set(states) - {"crashing"}
        await until(lambda: all(starts(place, id) for id in there))

        assert ensured
        assert states["crashing"].crashes == CRASHES + 1 == starts(place, "crashing")
        # Each third was to be stopped: whether it is there depends on the instant.
        assert {id for id in ensured if int(id[1:]) % 3} <= there
        assert not stopped & there
        assert {starts(place, id) for id in there} == {1}
        assert {states[id].state for id in there} == {"running"}
        assert running() == {f"{MARK}{id[1:]:0>4}": 1 for id in there}
    assert not running()


@pytest.mark.slow
async def test_output_is_kept_exactly_once_over_many_deaths_of_its_reader(kind, place):
    count, chance = 100_000, random.Random(7)
    command = f"for i in $(seq 0 1000 {count - 1000}); do seq $i $((i + 999)); sleep 0.02; done; sleep 1000"
    async with serving(make(kind, place / "runtime")) as runtime:
        await runtime.ensure(unit(place, "u1", command, listens=False))
    for _ in range(5):
        with control_plane(kind, place, "keep") as process:
            await heard(process, b"ready")
            await asyncio.sleep(chance.uniform(0.05, 0.3))

    def kept():
        whole = (place / "kept").read_bytes().rpartition(b"\n")[0]
        return [line for record in map(json.loads, whole.splitlines()) for line in record["lines"]]

    with control_plane(kind, place, "keep"):
        await until(lambda: len(kept()) >= count, seconds=40)
    assert kept() == [str(number) for number in range(count)]
    assert (place / "runtime/units/u1/out").stat().st_blocks * 512 < 64 << 10
    async with serving(make(kind, place / "runtime")) as runtime:
        await clear(runtime)


# Without root


@pytest.mark.slow
@pytest.mark.timeout(SECONDS_MAX + 20)
@needs_root
def test_an_unprivileged_platform_keeps_the_same_promises(place):
    python = _reachable_python()
    for name in ("src", "tests/conformance/test_runtime.py", "tests/runtimes", "pyproject.toml"):
        source, target = Path(name), place / "repo" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    (place / "own").mkdir(mode=0o777)
    (place / "own").chmod(0o777)
    subprocess.run(["chmod", "-R", "a+rX", place / "repo"], check=True)
    packages = str(Path(msgspec.__file__).resolve().parent.parent)
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]
    pytest_run = [
        python,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        f"--basetemp={place}/own/pytest",
    ]
    done = subprocess.run(
        [
            *user,
            *pytest_run,
            "tests/conformance/test_runtime.py",
            *(f"tests/runtimes/test_{name}.py" for name in ("container", "process", "run", "task_run")),
            "-k",
            UNPRIVILEGED,
        ],
        cwd=place / "repo",
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": packages,
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": f"{place}/own",
            "TMPDIR": f"{place}/own",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS_MAX,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def _reachable_python() -> str:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        resolved = Path(candidate).resolve()
        if resolved.exists() and all(place.stat().st_mode & 0o001 for place in resolved.parents):
            return candidate
    pytest.skip(f"no {version} that an unprivileged user can reach")
