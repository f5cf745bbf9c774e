"""Deployments, and the news of them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from headway.domain.world import World
from headway.engine.feed import Feed
from headway.errors import NotFound
from headway.model.apps import App
from headway.model.operations import Actor, LogLine, Phase
from headway.store import deployments as rows
from headway.store import operations
from headway.store.database import Tx
from headway.views import deployments
from headway.views.deployments import News
from tests.ready_made import HandClock
from tests.records import a_deployment, an_operation


async def begun(world: World, app: App, id: int, **changes: Any) -> None:
    """A deployment with its operation, which a node performs."""
    operation = an_operation(
        id=id + 1000,
        type="deployment.deploy",
        target=f"app:{app.id}",
        exclusive=False,
        phase=Phase.RUNNING,
        owner=1,
        fence=1,
        created_at=world.clock.now(),
    )
    deployment = a_deployment(
        id=id, app_id=app.id, operation_id=operation.id, created_at=world.clock.now(), **changes
    )

    async def body(tx: Tx) -> None:
        await operations.carry_out(tx, operations.accepted(operation, Actor()))
        await rows.insert(tx, deployment)

    await world.database.write(body)


async def said(world: World, id: int, n: int, text: str) -> None:
    operation = an_operation(id=id + 1000, phase=Phase.RUNNING, owner=1, fence=1)
    assert await world.database.journal(
        operations.said(operation, LogLine(n=n, at=world.clock.now(), text=text))
    )


async def ended(world: World, id: int, status: str) -> None:
    await world.database.write(lambda tx: rows.end(tx, id, status, world.clock.now()))


@pytest.fixture
async def news(world: World, app: App) -> AsyncIterator[AsyncIterator[News]]:
    feed = Feed(world.database)
    yield deployments.follow(world.database, feed, world.clock, app.id)
    feed.close()


async def told(news: AsyncIterator[News], count: int) -> list[tuple[str, str, str]]:
    """The next news: what kind, of which, and what."""
    async with asyncio.timeout(30):
        taken = [await anext(news) for _ in range(count)]
    return [(one.kind, one.shown.deployment.ref, one.text or one.shown.status) for one in taken]


async def test_deployments_come_in_pages_newest_first(world: World, app: App) -> None:
    for id in (1, 2, 3):
        await begun(world, app, id, ref=f"v{id}")
    page, total = await deployments.of_app(world.database, app.id, 1, 2)
    assert ([one.deployment.ref for one in page], total) == (["v3", "v2"], 3)
    page, _ = await deployments.of_app(world.database, app.id, 2, 2)
    assert [one.deployment.ref for one in page] == ["v1"]


async def test_a_deployment_of_another_app_is_not_there(world: World, app: App) -> None:
    await begun(world, app, 1)
    assert (await deployments.get(world.database, app.id, 1)).status == "building"
    with pytest.raises(NotFound):
        await deployments.get(world.database, app.id + 1, 1)
    with pytest.raises(NotFound):
        await deployments.get(world.database, app.id, 2)


async def test_the_output_is_what_its_operation_said_all_together(world: World, app: App) -> None:
    await begun(world, app, 1)
    await said(world, 1, 1, "one\n")
    await said(world, 1, 2, "two\n")
    found = await deployments.get(world.database, app.id, 1)
    assert await deployments.output(world.database, found.deployment) == "one\ntwo\n"


async def test_a_follower_is_told_of_what_goes_on_from_its_beginning(
    world: World, app: App, news: AsyncIterator[News]
) -> None:
    await begun(world, app, 1)
    await said(world, 1, 1, "one\n")
    assert await told(news, 3) == [
        ("new", "v1", "building"),
        ("status", "v1", "building"),
        ("log", "v1", "one\n"),
    ]


async def test_a_follower_is_told_once_what_is_said_while_it_listens(
    world: World, app: App, news: AsyncIterator[News]
) -> None:
    await begun(world, app, 1)
    await told(news, 2)
    await said(world, 1, 1, "one\n")
    assert await told(news, 1) == [("log", "v1", "one\n")]
    await said(world, 1, 2, "two\n")
    assert await told(news, 1) == [("log", "v1", "two\n")]


async def test_the_final_status_comes_after_all_that_was_said(
    world: World, app: App, news: AsyncIterator[News]
) -> None:
    await begun(world, app, 1)
    await told(news, 2)
    await said(world, 1, 1, "bye\n")
    await ended(world, 1, "success")
    assert await told(news, 2) == [("log", "v1", "bye\n"), ("status", "v1", "success")]


async def test_a_deployment_that_was_quicker_than_its_follower_is_told_whole(
    world: World, app: App, news: AsyncIterator[News]
) -> None:
    await begun(world, app, 1)
    await said(world, 1, 1, "one\n")
    await ended(world, 1, "build-error")
    assert await told(news, 3) == [
        ("new", "v1", "build-error"),
        ("log", "v1", "one\n"),
        ("status", "v1", "build-error"),
    ]


async def test_a_deployment_that_ended_long_ago_is_not_told(
    world: World, app: App, news: AsyncIterator[News]
) -> None:
    assert isinstance(world.clock, HandClock)
    await begun(world, app, 1, ref="old")
    await ended(world, 1, "success")
    world.clock.ahead += deployments.RECENT_SECONDS + 1
    await begun(world, app, 2, ref="young")
    assert (await told(news, 1))[0][:2] == ("new", "young")
