"""Tasks: short work in the same kind of sandbox as containers. They die with the control plane."""

import asyncio
import contextlib
import os
import shlex
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from headway.clock import Clock
from headway.errors import Failure, Retry
from headway.runtimes import cgroups, identity, process_spec, usage
from headway.runtimes.disk import overfull
from headway.runtimes.machine import Machine
from headway.runtimes.port import Task
from headway.runtimes.process_spec import Place, Sandbox
from headway.runtimes.run import Run, spawn
from headway.runtimes.slugs import give
from headway.runtimes.trouble import as_trouble
from headway.runtimes.unit_folder import remove_tree
from headway.runtimes.users import Users
from headway.waiting import either, readable

_READ_BYTES = 64 << 10


class Tasks:
    """All tasks of one runtime; what is kept of each while it runs is in a folder."""

    def __init__(self, folder: Path, clock: Clock, machine: Machine, users: Users) -> None:
        self._folder = folder
        self._clock = clock
        self._machine = machine
        self._users = users

    async def clean(self) -> None:
        """End and remove what a control plane that was killed left behind."""
        for folder in self._folder.iterdir() if self._folder.exists() else ():
            await self._run(folder, *_ended()).kill()
            self._remove(folder)

    async def perform(self, task: Task, said: Callable[[bytes], None]) -> int:
        """Run the task to its end; see the port."""
        assert process_spec.is_id(task.id), f"{task.id} is not an id"
        folder = self._folder / task.id
        try:
            place, sandbox = await asyncio.to_thread(self._prepare, task, folder)
            run, output = self._spawn(task, place, sandbox)
        except OSError as error:
            raise as_trouble(error, task.id) from error
        try:
            return await self._follow(task, run, output, said)
        finally:
            run.close()
            os.close(output)
            self._remove(folder)

    async def _follow(self, task: Task, run: Run, output: int, said: Callable[[bytes], None]) -> int:
        until, over = self._clock.monotonic() + task.seconds_max, list[bool]()
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(_pass_on(output, said, task.output_bytes_max))
            try:
                time_over = self._clock.sleep(task.seconds_max)
                await either(readable(run.descriptor), time_over, self._watch(task, run, over))
            finally:
                in_time = run.is_over() and self._clock.monotonic() < until
                await run.kill()
                # All writers are gone, so that this ends; what they said last is still to be read.
                await listening
        if over:
            raise _too_much(task) if over[0] else Failure("no-space", "the disk is about to be full")
        if not in_time:
            raise Failure("timeout-error", f"{task.id} took longer than {task.seconds_max:g} s")
        return run.exit_code()

    async def _watch(self, task: Task, run: Run, over: list[bool]) -> None:
        """Return when it takes too much disk, or the disk is about to be full; which of both is in `over`."""
        if task.disk_bytes_max is None:
            await asyncio.Event().wait()
            return
        folders = (task.folder, self._folder / task.id / "tmp", *task.writable.values())

        def processes() -> Callable[[], Collection[int]]:
            # At first it may not be known yet below which one they are.
            return partial(usage.processes, run.found_by())

        over.append(await overfull(folders, task.disk_bytes_max, self._clock, processes))

    def _prepare(self, task: Task, folder: Path) -> tuple[Place, Sandbox]:
        """Lay out the folder of a task. Blocks."""
        machine = self._machine
        machine.check()
        user = self._users.of(task.app_id) if machine.root else None
        remove_tree(folder)
        for part in (folder, folder / "tmp"):
            part.mkdir(mode=0o711, parents=True)
        etc = self._users.etc(machine.uid if user is None else user)
        place = Place(folder=folder, app=task.folder, etc=etc)
        (folder / "start").write_text(self._script(task, place))
        (folder / "start").chmod(0o400)
        if user is not None:
            for owned in (folder / "tmp", folder / "start", task.folder, *task.writable.values()):
                give(owned, user)
        sandbox = Sandbox(
            user=user,
            host_name=task.id,
            dies_with_parent=True,
            network=task.network,
            mounts=task.mounts,
            writable=task.writable,
        )
        return place, sandbox

    def _script(self, task: Task, place: Place) -> str:
        argv, environment = list(task.argv), dict(task.environment)
        if not self._machine.bwrap:
            folders = {"/app": task.folder, **task.mounts, **task.writable}
            argv = [process_spec.outside(word, folders) for word in argv]
            environment = {name: process_spec.outside(value, folders) for name, value in environment.items()}
        limits = process_spec.limits(self._machine, task.size, task.disk_bytes_max)
        return process_spec.start_script(
            self._machine, place, f"exec {shlex.join(argv)}", environment, profile=False, limits=limits
        )

    def _spawn(self, task: Task, place: Place, sandbox: Sandbox) -> tuple[Run, int]:
        groups, name = self._machine.groups, f"task-{task.id}"
        enter = cgroups.make(groups, name, task.size) if groups else []
        lock = identity.take_lock(place.folder / "lock")
        if lock is None:
            raise Retry(f"{task.id} is running already")
        output, written = os.pipe()
        try:
            argv = process_spec.argv(self._machine, place, sandbox, enter)
            pid = spawn(argv, folder=place.folder, lock=lock, output=written)
        except OSError:
            os.close(output)
            raise
        finally:
            os.close(lock)
            os.close(written)
        return self._run(place.folder, os.pidfd_open(pid), pid), output

    def _run(self, folder: Path, descriptor: int, pid: int) -> Run:
        groups = self._machine.groups
        group = None if groups is None else (groups, f"task-{folder.name}")
        return Run(descriptor, pid, folder=folder, lock=folder / "lock", clock=self._clock, group=group)

    def _remove(self, folder: Path) -> None:
        if (groups := self._machine.groups) is not None:
            with contextlib.suppress(OSError):
                cgroups.remove(groups, f"task-{folder.name}")
        remove_tree(folder)


def _too_much(task: Task) -> Failure:
    return Failure("disk-error", f"{task.id} took more than {task.disk_bytes_max:,} bytes of disk")


def _ended() -> tuple[int, int]:
    """What stands for an outer process that is gone: a descriptor that is readable, and no pid."""
    descriptor, other = os.pipe()
    os.close(other)
    return descriptor, 0


async def _pass_on(output: int, said: Callable[[bytes], None], bytes_max: int) -> None:
    os.set_blocking(output, False)
    left = bytes_max
    while True:
        await readable(output)
        with contextlib.suppress(BlockingIOError):
            piece = os.read(output, _READ_BYTES)
            if not piece:
                return
            if left > 0:
                said(piece[:left])
                if len(piece) >= left:
                    said(b"\n(further output is left out)\n")
            left -= len(piece)
