"""Logging in."""

import pytest

from headway.domain.accounts.log_in import OTP_REQUIRED, log_in
from headway.domain.accounts.set_password import set_password
from headway.domain.world import World
from headway.errors import Unauthenticated
from headway.model.operations import Actor
from headway.store import events
from tests.domain.accounts.protected import PASSWORD, protect, shows


async def refused(world: World, name: str, password: str, code: str = "") -> str:
    with pytest.raises(Unauthenticated) as no:
        await log_in(world, name, password, code, dialect="tests")
    return str(no.value)


async def test_the_right_password_opens_and_that_is_said(world: World, by: Actor) -> None:
    await set_password(world, by.account_id, PASSWORD, by)
    assert (await log_in(world, "admin", PASSWORD, "", dialect="tests")).id == by.account_id
    last = (await world.database.read(lambda tx: events.after(tx, 0)))[-1]
    assert (last.name, last.by.dialect) == ("account.logged_in", "tests")


async def test_who_is_unknown_and_who_is_wrong_hear_the_same(world: World, by: Actor) -> None:
    await set_password(world, by.account_id, PASSWORD, by)
    said = {
        await refused(world, name, password)
        for name, password in (
            ("admin", "wrong"),
            ("nobody", PASSWORD),
            ("no@body", ""),
            ("admin", "x" * 9999),
        )
    }
    assert said == {"the name or the password is wrong"}


async def test_with_a_second_factor_the_password_is_not_enough(world: World, by: Actor) -> None:
    secret, _ = await protect(world, by)
    assert await refused(world, "admin", PASSWORD) == OTP_REQUIRED
    assert await refused(world, "admin", "wrong", shows(world, secret, 1)) != OTP_REQUIRED
    assert (await log_in(world, "admin", PASSWORD, shows(world, secret, 1), dialect="tests")).name == "admin"


async def test_no_code_is_good_twice(world: World, by: Actor) -> None:
    secret, codes = await protect(world, by)
    assert "used before" in await refused(world, "admin", PASSWORD, shows(world, secret))
    for code in (shows(world, secret, 1), codes[0]):
        await log_in(world, "admin", PASSWORD, code, dialect="tests")
        assert "used before" in await refused(world, "admin", PASSWORD, code)
    await log_in(world, "admin", PASSWORD, codes[1].upper(), dialect="tests")
