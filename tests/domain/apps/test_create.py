"""Creating an app."""

import pytest

from headway.domain.apps.create import create
from headway.domain.world import World
from headway.errors import Invalid, NotFound
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.store import apps, events


async def test_a_new_app_belongs_to_who_asked_and_runs_nothing(
    world: World, by: Actor, admin: Account
) -> None:
    app = await create(world, "hello-world", by, git_source="https://example.com/hello.git")
    assert await world.database.read(lambda tx: apps.by_name(tx, "hello-world")) == app
    assert (app.owner_id, app.release_id, app.git_source) == (admin.id, None, "https://example.com/hello.git")


async def test_it_is_told_that_it_happened(world: World, by: Actor) -> None:
    app = await create(world, "hello-world", by)
    (event,) = await world.database.read(lambda tx: events.after(tx, 0))
    assert (event.name, event.target, event.data["name"]) == ("app.created", f"app:{app.id}", "hello-world")


@pytest.mark.parametrize(
    "name", ["AB", "short", "-leading", "trailing-", "two--hyphens", "x" * 33, "collaboration", "é" * 8]
)
async def test_a_name_that_breaks_the_rule_is_invalid(world: World, by: Actor, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        await create(world, name, by)
    assert set(refused.value.fields) == {"name"}


async def test_a_taken_name_is_invalid_also_where_somebody_else_took_it(
    world: World, by: Actor, other: Account
) -> None:
    await create(world, "hello-world", by)
    with pytest.raises(Invalid) as refused:
        await create(world, "hello-world", Actor(account_id=other.id))
    assert set(refused.value.fields) == {"name"}


async def test_a_dry_run_leaves_nothing(world: World, by: Actor) -> None:
    assert (await create(world, "hello-world", by, dry_run=True)).name == "hello-world"
    assert await world.database.read(lambda tx: apps.by_name(tx, "hello-world")) is None
    assert await world.database.read(lambda tx: events.after(tx, 0)) == []


async def test_a_dry_run_refuses_what_the_real_one_would(world: World, by: Actor) -> None:
    await create(world, "hello-world", by)
    with pytest.raises(Invalid):
        await create(world, "hello-world", by, dry_run=True)


@pytest.mark.parametrize("url", ["ftp://example.com", "javascript:alert(1)", "https://a b", "https://\n"])
async def test_a_source_that_is_no_url_is_invalid(world: World, by: Actor, url: str) -> None:
    with pytest.raises(Invalid):
        await create(world, "hello-world", by, git_source=url)


async def test_an_unknown_stack_is_not_found(world: World, by: Actor) -> None:
    with pytest.raises(NotFound):
        await create(world, "hello-world", by, stack="no-such-stack")
