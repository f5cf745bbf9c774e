"""Run system git for somebody: what they send goes in, what it says comes out, its hooks are answered."""

import asyncio
import shlex
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import msgspec

from headway.dialects.git import hook
from headway.dialects.git.push import Push
from headway.domain.repositories import keep
from headway.model.apps import App
from headway.model.operations import Actor
from headway.web.ask import Edge
from headway.web.body import Disconnected

RECEIVE, UPLOAD = "git-receive-pack", "git-upload-pack"
NEEDS = {RECEIVE: "deployment.deploy", UPLOAD: "app.fetch"}
"""For each service, the line of `model.access.NEEDS`."""
_PIECE_BYTES = 64 << 10
_HOOK_LINE_BYTES_MAX = 8 << 20
_COMPLAINT_BYTES_MAX = 64 << 10
_CUT = 128


class Client(Protocol):
    """Who speaks git with us. What cannot be sent because they have gone raises Disconnected."""

    async def read(self) -> bytes:
        """What they send next; nothing when that is all."""
        ...

    async def write(self, piece: bytes) -> None:
        """Send it."""
        ...

    async def complain(self, piece: bytes) -> None:
        """Send it beside the rest, where there is a way beside."""
        ...


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks of git."""

    service: str
    """RECEIVE or UPLOAD."""
    app: App
    by: Actor
    protocol: str = ""
    """The version that they wish, as git says it."""
    options: tuple[str, ...] = ()


class Git:
    """Serves the repositories of all apps."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        self._is_prepared = False

    def _prepare(self) -> None:
        folder = keep.hooks_of(self._edge.world)
        folder.mkdir(parents=True, exist_ok=True)
        script = str(Path(hook.__file__).resolve())
        for name in ("pre-receive", "proc-receive"):
            made = folder / f"{name}.new"
            made.write_text(
                f"#!/bin/sh\nexec {shlex.join([sys.executable, '-I', '-S', script, name])} $HEADWAY_PUSH\n"
            )
            made.chmod(0o755)
            made.replace(folder / name)
        self._is_prepared = True

    async def serve(self, asked: Asked, client: Client) -> int:
        """Carry it out; the exit code of git."""
        if not self._is_prepared:
            self._prepare()
        folder = await keep.ensure(self._edge.world, asked.app.id)
        ours, theirs = socket.socketpair()
        with theirs:
            child = await _started(self._edge, asked, folder, theirs)
        reader, writer = await asyncio.open_connection(sock=ours, limit=_HOOK_LINE_BYTES_MAX)
        push = Push(self._edge, asked.app, asked.by, reader, writer)
        try:
            return await self._talked(child, client, push)
        finally:
            writer.transport.abort()
            await keep.end(child)

    async def tidy(self, asked: Asked) -> None:
        """After a push, when nobody waits any more."""
        if asked.service == RECEIVE:
            await keep.tidy(self._edge.world, asked.app.id)

    async def _talked(self, child: asyncio.subprocess.Process, client: Client, push: Push) -> int:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        code = _CUT
        try:
            async with asyncio.TaskGroup() as group:
                beside = [
                    group.create_task(_feed(client, child.stdin)),
                    group.create_task(push.answer()),
                    group.create_task(self._limit(child, client, push)),
                ]
                said = [
                    group.create_task(_show(child.stdout, client.write)),
                    group.create_task(_show(child.stderr, client.complain, _COMPLAINT_BYTES_MAX)),
                ]
                code = await child.wait()
                await asyncio.wait(said)
                for task in beside:
                    task.cancel()
        except* Disconnected:
            pass
        return code

    async def _limit(self, child: asyncio.subprocess.Process, client: Client, push: Push) -> None:
        """Only so long may it take until all that is pushed, or fetched, has gone over the line."""
        seconds = self._edge.world.config.push_seconds
        try:
            async with asyncio.timeout(seconds):
                await push.received.wait()
        except TimeoutError:
            await client.complain(f"headway: the transfer took longer than {seconds:g} seconds\n".encode())
            await keep.end(child)


async def _started(edge: Edge, asked: Asked, folder: Path, line: socket.socket) -> asyncio.subprocess.Process:
    given = (asked.service.removeprefix("git-"), *asked.options, str(folder))
    return await asyncio.create_subprocess_exec(
        *keep.argv(edge.world, given),
        cwd=folder,
        env={**keep.environment(asked.protocol), "HEADWAY_PUSH": str(line.fileno())},
        pass_fds=(line.fileno(),),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )


async def _feed(client: Client, stdin: asyncio.StreamWriter) -> None:
    try:
        while piece := await client.read():
            stdin.write(piece)
            await stdin.drain()
    except OSError:
        return  # git has heard enough, and says why
    finally:
        stdin.close()


async def _show(
    stream: asyncio.StreamReader, send: Callable[[bytes], Awaitable[None]], bytes_max: int | None = None
) -> None:
    left = bytes_max
    while piece := await stream.read(_PIECE_BYTES):
        if left is None or left > 0:
            await send(piece if left is None else piece[:left])
        left = None if left is None else left - len(piece)
