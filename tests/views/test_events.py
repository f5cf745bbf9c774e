"""What happened, as people read it."""

import pytest

from headway.clock import SECOND
from headway.domain.apps.create import create
from headway.domain.apps.transfer import transfer
from headway.domain.collaborators.accept import accept
from headway.domain.collaborators.invite import invite
from headway.domain.variables.set import set_variables
from headway.domain.world import World
from headway.errors import NotFound
from headway.ids import show
from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.operations import Actor, NewEvent
from headway.views import events

NEVER = 0


@pytest.fixture
def guest(other: Account) -> Actor:
    return Actor(account_id=other.id, name=other.name, dialect="tests")


async def test_an_apps_events_come_in_pages_with_who_did_them_and_where_it_is_filed(
    world: World, app: App, by: Actor, admin: Account
) -> None:
    await set_variables(world, app, {"A": "secret"}, by)
    (newest,), total = await events.of_app(world.database, admin.id, app, 1, 1)
    assert (newest.event.name, newest.user, newest.app, total) == ("variables.set", admin, app, 2)
    assert newest.project is not None
    assert newest.project.name == "default"
    assert "secret" not in repr(newest.event)
    (oldest,), _ = await events.of_app(world.database, admin.id, app, 2, 1)
    assert oldest.event.name == "app.created"


async def test_somebody_is_told_of_the_apps_that_they_see_while_they_do(
    world: World, app: App, by: Actor, guest: Actor
) -> None:
    async def names() -> list[str]:
        told, total = await events.of_account(world.database, guest.account_id, 1, 100)
        assert len(told) == total
        return [it.event.name for it in told]

    assert await names() == []
    it = await invite(world, app, "other@example.com", by, is_limited=True)
    assert await names() == []
    await accept(world, app.id, it.id, guest)
    assert await names() == ["collaborator.accepted", "collaborator.invited", "app.created"]
    told, _ = await events.of_account(world.database, guest.account_id, 1, 100)
    assert {one.limited for one in told} == {True}


async def test_who_is_named_in_a_transfer_is_told_whole(
    world: World, app: App, by: Actor, guest: Actor, admin: Account, other: Account
) -> None:
    it = await invite(world, app, "other@example.com", by, is_limited=False)
    await accept(world, app.id, it.id, guest)
    await transfer(world, app, "other@example.com", by)
    (newest, *_), _ = await events.of_account(world.database, admin.id, 1, 10)
    assert newest.people == {admin.id: admin, other.id: other}


async def test_what_the_platform_did_was_nobody(world: World, app: App, admin: Account) -> None:
    async def body(tx):
        tx.append(NewEvent(at=1, name="app.one_off_ended", target=f"app:{app.id}"))

    await world.database.write(body)
    (newest, *_), _ = await events.of_app(world.database, admin.id, app, 1, 10)
    assert (newest.user, newest.event.by.name) == (None, "headway")


async def test_all_since_a_time_is_told_at_once(world: World, app: App, by: Actor, admin: Account) -> None:
    later = world.clock.now() + 3600 * SECOND
    assert await events.of_app_since(world.database, admin.id, app, later) == []
    assert await events.of_account_since(world.database, admin.id, later) == []
    (it,) = await events.of_app_since(world.database, admin.id, app, NEVER)
    assert await events.of_account_since(world.database, admin.id, NEVER) == [it]


async def test_one_is_found_by_its_number_and_only_in_its_app(
    world: World, app: App, by: Actor, admin: Account
) -> None:
    second = await create(world, "second-app", by)
    (it,), _ = await events.of_app(world.database, admin.id, app, 1, 1)
    assert await events.one_of_app(world.database, admin.id, app, it.event.seq) == it
    for wrong, seq in ((second, it.event.seq), (app, 999)):
        with pytest.raises(NotFound):
            await events.one_of_app(world.database, admin.id, wrong, seq)


def test_a_number_is_shown_as_ids_are() -> None:
    assert events.number_of(show(7)) == 7
    with pytest.raises(NotFound):
        events.number_of("7")
