"""One run: its signals, its end, and what came of it."""

import asyncio
import contextlib
import os
import signal

from headway.clock import SystemClock
from headway.runtimes import identity
from headway.runtimes.run import Run, spawn
from headway.waiting import readable
from tests.runtimes.bench import MARK, lines, running, text, unit, until


async def test_a_container_may_say_good_bye(runtime, place):
    command = "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.02; done"
    await runtime.ensure(unit(place, "u1", command, listens=False))
    await lines(runtime, 1)
    await runtime.stop("u1", grace_seconds=20)

    assert text(await lines(runtime, 2)) == [b"up", b"bye"]


async def test_a_tree_that_ignores_sigterm_is_gone_after_the_grace(runtime, place):
    branch = f"(trap '' TERM; setsid sleep {MARK}) &"
    command = f"trap '' TERM; for i in $(seq 60); do {branch} done; while :; do wait; done"
    await runtime.ensure(unit(place, "u1", command, listens=False))
    await until(lambda: running()[MARK] == 60)
    await runtime.stop("u1", grace_seconds=0.2)

    assert not running()


# Without a sandbox around it


@contextlib.contextmanager
def begun(folder, script):
    """A run of a shell script that tells its pid by its output."""
    lock = identity.take_lock(folder / "lock")
    output, written = os.pipe()
    pid = spawn(["/bin/sh", "-c", script], folder=folder, lock=lock, output=written)
    for descriptor in (lock, written):
        os.close(descriptor)
    run = Run(os.pidfd_open(pid), pid, folder=folder, lock=folder / "lock", clock=SystemClock(), group=None)
    try:
        yield run, output
    finally:
        run.close()
        os.close(output)


async def ended(run):
    async with asyncio.timeout(30):
        await readable(run.descriptor)


async def test_it_ends_with_the_code_that_its_parent_saw(tmp_path):
    with begun(tmp_path, "exit 7") as (run, _):
        await ended(run)

        assert (run.is_over(), run.is_empty(), run.exit_code()) == (True, True, 7)


async def test_a_code_that_was_written_down_is_worth_more_than_the_one_that_was_seen(tmp_path):
    with begun(tmp_path, """echo '{"exit-code": 3}' >&8; exit 7""") as (run, _):
        await ended(run)

        assert run.exit_code() == 3


async def test_an_end_by_a_signal_is_128_and_the_signal(tmp_path):
    with begun(tmp_path, "kill -TERM $$") as (run, _):
        await ended(run)

        assert run.exit_code() == 128 + signal.SIGTERM


async def test_a_run_whose_end_nobody_saw_was_killed(tmp_path):
    (tmp_path / "status").write_text('{"child-pid": 1}\n{"exit-co')
    descriptor, other = os.pipe()
    os.close(other)
    run = Run(descriptor, 0, folder=tmp_path, lock=tmp_path / "lock", clock=SystemClock(), group=None)

    assert run.is_empty()
    assert run.exit_code() == 128 + signal.SIGKILL
    run.close()


async def test_what_left_its_parents_is_killed_by_the_lock_that_it_holds(tmp_path):
    with begun(tmp_path, f"setsid sleep {MARK} & exit 0") as (run, _):
        await ended(run)
        await until(running)
        assert (run.is_over(), run.is_empty()) == (True, False)
        await run.kill()

        assert run.is_empty()
        assert not running()
