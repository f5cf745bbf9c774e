"""Making an account."""

import pytest

from headway.domain.accounts.create import create
from headway.domain.accounts.log_in import log_in
from headway.domain.world import World
from headway.errors import Invalid, Unauthenticated
from headway.model.operations import Actor
from headway.store import events

PASSWORD = "correct horse battery"


async def test_it_logs_in_by_its_name_or_its_address(world: World, by: Actor) -> None:
    account = await create(world, "carla", "Carla@Example.com", by, PASSWORD)
    assert account.email == "carla@example.com"
    for name in ("carla", "CARLA@example.com"):
        assert await log_in(world, name, PASSWORD, "", dialect="tests") == account


async def test_without_a_password_nothing_opens_it(world: World, by: Actor) -> None:
    await create(world, "carla", "carla@example.com", by)
    for password in ("", PASSWORD):
        with pytest.raises(Unauthenticated):
            await log_in(world, "carla", password, "", dialect="tests")


@pytest.mark.parametrize(
    ("name", "email", "password"),
    [
        ("admin", "carla@example.com", None),
        ("carla", "admin@example.com", None),
        ("a b", "carla@example.com", None),
        ("carla", "nobody", None),
        ("carla", "carla@example.com", "short"),
    ],
)
async def test_what_cannot_be_leaves_nothing(
    world: World, by: Actor, name: str, email: str, password: str | None
) -> None:
    with pytest.raises(Invalid):
        await create(world, name, email, by, password)
    assert await world.database.read(events.last) == 0
