"""Run system git for somebody: what they send goes in, what it says comes out, its hooks are answered."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from headway.dialects.git import hooks
from headway.dialects.git.child import Child
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

    async def serve(self, asked: Asked, client: Client) -> int:
        """Carry it out; the exit code of git."""
        world, app = self._edge.world, asked.app.id
        folder = await keep.ensure(world, app)
        if not self._is_prepared:
            hooks.write(keep.hooks_of(world))
            self._is_prepared = True
        given = ("-C", str(folder), asked.service.removeprefix("git-"), *asked.options, str(folder))
        argv = await keep.argv(world, app, given)
        async with Child(argv, keep.environment(asked.protocol)) as git:
            return await self._talked(git, client, Push(self._edge, asked.app, asked.by, git))

    async def tidy(self, asked: Asked) -> None:
        """After a push, when nobody waits any more."""
        if asked.service == RECEIVE:
            await keep.tidy(self._edge.world, asked.app.id)

    async def _talked(self, git: Child, client: Client, push: Push) -> int:
        code = _CUT
        try:
            async with asyncio.TaskGroup() as group:
                beside = [
                    group.create_task(_feed(client, git.talk.writer)),
                    group.create_task(push.answer()),
                    group.create_task(self._limit(git, client, push)),
                ]
                said = [
                    group.create_task(_show(git.talk.reader, client.write)),
                    group.create_task(_show(git.complaints, client.complain, _COMPLAINT_BYTES_MAX)),
                ]
                code = await git.wait()
                await asyncio.wait(said)
                for task in beside:
                    task.cancel()
        except* Disconnected:
            pass
        return code

    async def _limit(self, git: Child, client: Client, push: Push) -> None:
        """Only so long may it take until all that is pushed, or fetched, has gone over the line."""
        seconds = self._edge.world.config.push_seconds
        try:
            async with asyncio.timeout(seconds):
                await push.received.wait()
        except TimeoutError:
            await client.complain(f"headway: the transfer took longer than {seconds:g} seconds\n".encode())
            await git.end()


async def _feed(client: Client, git: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):  # git has heard enough, and says why
        while piece := await client.read():
            git.write(piece)
            await git.drain()
        git.write_eof()


async def _show(
    stream: asyncio.StreamReader, send: Callable[[bytes], Awaitable[None]], bytes_max: int | None = None
) -> None:
    left = bytes_max
    while piece := await stream.read(_PIECE_BYTES):
        if left is None or left > 0:
            await send(piece if left is None else piece[:left])
        left = None if left is None else left - len(piece)
