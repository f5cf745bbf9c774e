"""Changing oneself."""

import msgspec
import pytest

from headway.domain.accounts.log_in import log_in
from headway.domain.accounts.set_password import set_password
from headway.domain.accounts.update import Update, update
from headway.domain.world import World
from headway.errors import Invalid
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.views import accounts

PASSWORD, NEXT = "correct horse battery", "staple battery horse"


async def test_what_is_not_said_stays(world: World, by: Actor, admin: Account) -> None:
    after = await update(world, admin.id, Update(fullname="The Admin", company="Ours"), by)
    assert after == msgspec.structs.replace(admin, fullname="The Admin", company="Ours")
    assert (await update(world, admin.id, Update(company=""), by)).fullname == "The Admin"
    assert await accounts.get(world.database, admin.id) == msgspec.structs.replace(after, company="")


async def test_a_first_password_needs_no_other_and_then_it_is_needed(
    world: World, by: Actor, admin: Account
) -> None:
    await update(world, admin.id, Update(password=PASSWORD), by)
    for grave in (Update(password=NEXT), Update(email="x@example.com"), Update(name="root")):
        for given in (None, NEXT):
            with pytest.raises(Invalid) as refused:
                await update(world, admin.id, msgspec.structs.replace(grave, current_password=given), by)
            assert set(refused.value.fields) == {"current_password"}
    assert await accounts.get(world.database, admin.id) == admin
    await update(world, admin.id, Update(password=NEXT, name="root", current_password=PASSWORD), by)
    assert (await log_in(world, "root", NEXT, "", dialect="tests")).id == admin.id


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Update(name="a b", fullname="x"), "username"),
        (Update(name="other"), "username"),
        (Update(email="nobody"), "email"),
        (Update(fullname="a\nb"), "fullname"),
        (Update(fullname="x", password="short"), "password"),
    ],
)
async def test_what_cannot_be_is_refused_by_field_and_changes_nothing(
    world: World, by: Actor, admin: Account, wanted: Update, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await update(world, admin.id, wanted, by)
    assert set(refused.value.fields) == {field}
    assert await accounts.get(world.database, admin.id) == admin


async def test_words_need_no_password(world: World, by: Actor, admin: Account) -> None:
    await set_password(world, admin.id, PASSWORD, by)
    assert (await update(world, admin.id, Update(location="Bern"), by)).location == "Bern"
