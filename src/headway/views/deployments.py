"""Deployments of an app: how far they are, what they said, and the news of them as it comes."""

from collections.abc import AsyncIterator

import msgspec

from headway.clock import SECOND, Clock
from headway.engine.feed import Feed
from headway.errors import NotFound
from headway.model.deployments import Deployment, status_of
from headway.model.operations import Operation
from headway.store import deployments, operations
from headway.store.database import Database, Tx

RECENT_SECONDS = 300
"""A follower is told everything of deployments that ended so recently: they may have been quicker than it."""
_LOOKED_AT = 10
_PAUSE_SECONDS = 0.1
_PAUSE_OF_ONE_SECONDS = 0.01
"""Who follows one deployment waits for its end, and looks at little."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One deployment and how far it is."""

    deployment: Deployment
    status: str
    """queued, building, pushing, starting, success, or one of `model.deployments.FAILURES`."""


class News(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a follower has not been told yet."""

    kind: str
    """new, log, or status."""
    shown: Shown
    text: str = ""
    """For log, what was said, with its newline."""


async def of_app(database: Database, app_id: int, page: int, per_page: int) -> tuple[list[Shown], int]:
    """One page (from 1) of the deployments, newest first; and how many there are in all."""

    async def body(tx: Tx) -> tuple[list[Shown], int]:
        found = await deployments.of_app(tx, app_id, count=per_page, offset=(page - 1) * per_page)
        return [await _shown(tx, one) for one in found], await deployments.count(tx, app_id)

    return await database.read(body)


async def get(database: Database, app_id: int, deployment_id: int) -> Shown:
    """One deployment of that app; NotFound."""

    async def body(tx: Tx) -> Shown:
        found = await deployments.get(tx, deployment_id)
        if found.app_id != app_id:
            raise NotFound("deployment")
        return await _shown(tx, found)

    return await database.read(body)


async def output(database: Database, deployment: Deployment) -> str:
    """All that it has said so far."""
    parts, after = [""], 0
    while True:
        text, line = await database.read(lambda tx, after=after: _said(tx, deployment, after))
        if line == after:
            return "".join(parts)
        parts.append(text)
        after = line


def shown(deployment: Deployment, operation: Operation | None) -> Shown:
    """A deployment beside its operation."""
    return Shown(deployment=deployment, status=status_of(deployment, operation))


async def follow(
    database: Database, feed: Feed, clock: Clock, app_id: int, *, only: int | None = None
) -> AsyncIterator[News]:
    """News of the app's deployments, from the beginning of those that are active or ended recently.

    Of one of them, where it is named. Never ends by itself. A final status comes after everything that was said.
    """
    since, pause = (
        clock.now() - RECENT_SECONDS * SECOND,
        _PAUSE_SECONDS if only is None else _PAUSE_OF_ONE_SECONDS,
    )
    told: dict[int, _Told] = {}
    topic = feed.join()
    try:
        while True:
            version = topic.version
            news = await _news(database, app_id, only, told, since)
            for one in news:
                yield one
            if not news:
                await topic.beyond(version)
                await clock.sleep(pause)
    finally:
        feed.leave(topic)


class _Told(msgspec.Struct):
    status: str = ""
    line: int = 0


async def _news(
    database: Database, app_id: int, only: int | None, told: dict[int, _Told], since: int
) -> list[News]:
    async def body(tx: Tx) -> list[tuple[Shown, str, int]]:
        looked_at = (
            reversed(await deployments.of_app(tx, app_id, _LOOKED_AT))
            if only is None
            else [await deployments.get(tx, only)]
        )
        return [
            (await _shown(tx, one), *await _said(tx, one, told.get(one.id, _Told()).line))
            for one in looked_at
            if one.id in told or one.finished_at is None or one.finished_at >= since
        ]

    return [news for found in await database.read(body) for news in _news_of(*found, told)]


def _news_of(now: Shown, text: str, line: int, told: dict[int, _Told]) -> list[News]:
    new = [] if now.deployment.id in told else [News(kind="new", shown=now)]
    before = told.setdefault(now.deployment.id, _Told())
    said = [News(kind="log", shown=now, text=text)] if text else []
    status = [] if now.status == before.status else [News(kind="status", shown=now)]
    before.status, before.line = now.status, line
    return [*new, *status, *said] if now.deployment.finished_at is None else [*new, *said, *status]


async def _shown(tx: Tx, deployment: Deployment) -> Shown:
    return shown(deployment, await operations.get(tx, deployment.operation_id))


async def _said(tx: Tx, deployment: Deployment, after: int) -> tuple[str, int]:
    lines = await operations.log_after(tx, deployment.operation_id, after)
    return "".join(line.text for line in lines), lines[-1].n if lines else after
