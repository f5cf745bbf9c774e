"""Deleting what builds have kept."""

import dataclasses
from typing import Any, cast

import pytest

from headway.domain.apps.scale import scale
from headway.domain.deployments.delete_cache import delete_cache
from headway.domain.world import World
from headway.errors import Busy
from headway.ids import show
from headway.model.apps import App, Change
from headway.model.operations import Actor


class Told:
    """The one thing of a builder that this is about."""

    def __init__(self) -> None:
        self.forgot: list[str] = []

    async def forget_cache(self, app_id: str) -> None:
        self.forgot.append(app_id)


@pytest.fixture
def builder() -> Told:
    return Told()


async def test_what_builds_of_the_app_kept_goes(world: World, app: App, by: Actor, builder: Told) -> None:
    await delete_cache(dataclasses.replace(world, builder=cast(Any, builder)), app, by)
    assert builder.forgot == [show(app.id)]


async def test_it_stays_while_an_operation_holds_the_app(
    world: World, app: App, by: Actor, builder: Told
) -> None:
    _, holder = await scale(world, app, [Change(name="web", amount=2)], by)
    with pytest.raises(Busy) as refused:
        await delete_cache(dataclasses.replace(world, builder=cast(Any, builder)), app, by)
    assert refused.value.holder == holder.id
    assert builder.forgot == []
