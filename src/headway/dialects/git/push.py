"""One push, as its hooks tell of it: what may not be pushed is refused, the rest is deployed, and told as it goes.

The ref moves where the deployment moves it: once the new code serves. Whoever goes away meanwhile misses what is said,
and nothing else.
"""

import asyncio
import contextlib

from headway.dialects.git import hooks
from headway.dialects.git.child import Child
from headway.dialects.git.hooks import Update
from headway.domain.deployments.deploy import push
from headway.domain.deployments.source import Origin
from headway.domain.repositories import keep
from headway.errors import Busy, Refusal, Trouble
from headway.ids import show
from headway.model.apps import App
from headway.model.deployments import FAILURES, SUCCESS, Deployment
from headway.model.operations import Actor, Operation
from headway.views import deployments
from headway.web.ask import Edge
from headway.web.refusals import disk_full_refused

_REFS = tuple(f"refs/heads/{branch}" for branch in keep.BRANCHES)
_BRANCHES = " and ".join(keep.BRANCHES)


def fault_of(updates: list[Update]) -> str:
    """Why this may not be pushed, as a sentence; nothing where it may."""
    others = [it.ref for it in updates if it.ref not in _REFS]
    if others:
        return (
            f"Only {_BRANCHES} are deployed, and {others[0]} is neither. "
            "To deploy another branch: git push <remote> <branch>:main"
        )
    if len(updates) != 1:
        return f"One branch is deployed at a time: push {' or '.join(keep.BRANCHES)}"
    if set(updates[0].after) == {"0"}:
        return f"{updates[0].ref} cannot be deleted; the app itself can be"
    return ""


class Push:
    """Answers the hooks of one push to an app."""

    def __init__(self, edge: Edge, app: App, by: Actor, git: Child) -> None:
        self.received = asyncio.Event()
        """Set when all that was pushed has arrived."""
        self._edge = edge
        self._app = app
        self._by = by
        self._asked = git.ask.reader
        self._answer = git.ask.writer
        self._told = git.say

    async def answer(self) -> None:
        """Answer hooks until git has gone."""
        with contextlib.suppress(OSError, EOFError, ValueError):
            while hook := (await self._asked.readline()).decode().strip():
                self.received.set()
                if hook == hooks.PRE_RECEIVE:
                    hooks.allowed(self._answer, fault_of(await hooks.proposed(self._asked)))
                else:
                    await self._proceed(await hooks.handed(self._asked, self._answer))
        for line in (self._told, self._answer):
            with contextlib.suppress(OSError):
                line.write_eof()

    async def _proceed(self, updates: list[Update]) -> None:
        why = "refused" if fault_of(updates) else await self._deployed(updates[0])
        hooks.brought_about(self._answer, updates, why)
        # The hook ends when it has heard all.
        for line in (self._told, self._answer):
            line.write_eof()

    async def _deployed(self, update: Update) -> str:
        branch = update.ref.rpartition("/")[2]
        try:
            with disk_full_refused():
                begun = await self._begun(branch, update)
        except (Refusal, Trouble) as refusal:
            await self._say(f" !     Not deployed: {refusal}\n")
            return str(refusal)
        if begun is None:
            await self._say(
                f" !     {branch} has been moved by another push meanwhile: fetch, and push again\n"
            )
            return "fetch first"
        return await self._followed(*begun)

    async def _begun(self, branch: str, update: Update) -> tuple[Deployment, Operation] | None:
        """Begin, as soon as nothing else changes the app, or not at all; None where the branch is elsewhere."""
        world = self._edge.world
        origin = Origin(source_url=f"git:{branch}", commit=update.after, branch=branch, before=update.before)
        until, told = world.clock.monotonic() + world.config.push_wait_seconds, 0
        while True:
            if await keep.at(world, self._app.id, branch) != update.before:
                return None
            try:
                return await push(world, self._app, origin, self._by)
            except Busy as busy:
                left = until - world.clock.monotonic()
                if world.config.push_when_busy == "refuse" or left <= 0:
                    raise
                if busy.holder != told:
                    holder = f"operation {show(busy.holder)} ({busy.holder_type})"
                    await self._say(f"-----> Waiting for {holder} to end\n")
                told = busy.holder
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await self._edge.feed.ended(busy.holder)

    async def _followed(self, begun: Deployment, operation: Operation) -> str:
        """What is told at the end: nothing where it serves."""
        world, edge = self._edge.world, self._edge
        await self._say(f"-----> Deployment {show(begun.id)}, operation {show(operation.id)}\n")
        told = deployments.follow(world.database, edge.feed, world.clock, self._app.id, only=begun.id)
        async for news in told:
            if news.kind == "log":
                await self._say(news.text)
            elif news.shown.status == SUCCESS:
                await self._say(f"-----> {self._app.name} serves {begun.ref[:10]}\n")
                return ""
            elif news.shown.status in FAILURES:
                return await self._failed(operation, news.shown.status)
        raise AssertionError

    async def _failed(self, operation: Operation, status: str) -> str:
        ended = await self._edge.feed.ended(operation.id)
        why = "" if ended is None or ended.detail is None else ended.detail.text.partition("\n")[0]
        await self._say(f" !     The deployment failed ({status}){': ' if why else ''}{why}\n")
        await self._say(" !     What was deployed before goes on serving, if there was any\n")
        return f"deployment failed: {status}"

    async def _say(self, text: str) -> None:
        self._told.write(text.encode())
        await self._told.drain()
