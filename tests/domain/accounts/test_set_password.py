"""Setting a password."""

import pytest

from headway.domain.accounts.log_in import log_in
from headway.domain.accounts.set_password import set_password
from headway.domain.world import World
from headway.errors import NotFound, Unauthenticated
from headway.model.operations import Actor
from headway.store import events

FIRST, SECOND = "correct horse battery", "staple battery horse"


async def test_the_new_one_opens_and_the_old_one_does_not(world: World, by: Actor) -> None:
    for password in (FIRST, SECOND):
        await set_password(world, by.account_id, password, by)
    assert (await log_in(world, "admin", SECOND, "", dialect="tests")).id == by.account_id
    with pytest.raises(Unauthenticated):
        await log_in(world, "admin", FIRST, "", dialect="tests")


async def test_it_is_said_and_the_password_is_not(world: World, by: Actor) -> None:
    await set_password(world, by.account_id, FIRST, by)
    (event,) = await world.database.read(lambda tx: events.after(tx, 0))
    assert (event.name, event.data) == ("account.password_set", {})


async def test_nobody_has_none(world: World, by: Actor) -> None:
    with pytest.raises(NotFound):
        await set_password(world, 7, FIRST, by)
