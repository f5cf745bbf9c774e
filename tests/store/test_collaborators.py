"""Collaborators in the database."""

import pytest

from headway.errors import Conflict, Invalid, NotFound
from headway.model.access import Role
from headway.model.accounts import Account
from headway.model.collaborators import Collaborator
from headway.store import accounts, apps, collaborators
from headway.store.database import Database
from tests.records import AT, an_app
from tests.store.of_an_app import with_apps

INVITED = Collaborator(20, 5, "two@example.com", None, False, AT)


@pytest.fixture
async def invited(database: Database) -> Database:
    """The owner 1, the accounts 2 and 3, and an open invitation."""
    await with_apps(database)
    for id, name in ((2, "two"), (3, "three")):
        account = Account(id, name, f"{name}@example.com", AT)
        await database.write(lambda tx, account=account: accounts.insert(tx, account))
    await database.write(lambda tx: collaborators.insert(tx, INVITED))
    return database


async def role(database: Database, account_id: int) -> Role | None:
    return await database.read(lambda tx: collaborators.role(tx, an_app(), account_id))


async def test_who_has_not_accepted_has_no_role(invited: Database) -> None:
    assert [await role(invited, id) for id in (1, 2, 3)] == [Role.OWNER, None, None]


async def test_who_accepts_has_the_role_that_was_given(invited: Database) -> None:
    await invited.write(lambda tx: collaborators.accept(tx, 20, 2))
    assert await role(invited, 2) is Role.COLLABORATOR
    await invited.write(lambda tx: collaborators.limit(tx, 20, is_limited=True))
    assert await role(invited, 2) is Role.LIMITED
    await invited.write(lambda tx: collaborators.delete(tx, 20))
    assert await role(invited, 2) is None


async def test_an_invitation_is_accepted_once(invited: Database) -> None:
    await invited.write(lambda tx: collaborators.accept(tx, 20, 2))
    with pytest.raises(Conflict):
        await invited.write(lambda tx: collaborators.accept(tx, 20, 3))


async def test_an_account_accepts_one_invitation_of_an_app(invited: Database) -> None:
    await invited.write(lambda tx: collaborators.accept(tx, 20, 2))
    again = Collaborator(21, 5, "also-two@example.com", None, True, AT)
    await invited.write(lambda tx: collaborators.insert(tx, again))
    with pytest.raises(Conflict):
        await invited.write(lambda tx: collaborators.accept(tx, 21, 2))


async def test_an_address_is_invited_once_to_an_app(invited: Database) -> None:
    with pytest.raises(Invalid):
        await invited.write(
            lambda tx: collaborators.insert(tx, Collaborator(22, 5, "two@example.com", None, True, AT))
        )
    await invited.write(
        lambda tx: collaborators.insert(tx, Collaborator(23, 6, "two@example.com", None, True, AT))
    )


async def test_those_of_an_owner_come_in_pages(invited: Database) -> None:
    await invited.write(
        lambda tx: collaborators.insert(tx, Collaborator(23, 6, "two@example.com", None, True, AT))
    )
    assert [it.id for it in await invited.read(lambda tx: collaborators.of_owner(tx, 1, 1, 1))] == [23]
    assert await invited.read(lambda tx: collaborators.count_of_owner(tx, 1)) == 2
    assert await invited.read(lambda tx: collaborators.count_of_owner(tx, 2)) == 0


async def test_one_of_another_app_is_not_found(invited: Database) -> None:
    assert (await invited.read(lambda tx: collaborators.get(tx, 5, 20))) == INVITED
    with pytest.raises(NotFound):
        await invited.read(lambda tx: collaborators.get(tx, 6, 20))


async def test_an_account_sees_the_apps_that_it_owns_and_those_that_it_works_on(invited: Database) -> None:
    assert await invited.read(lambda tx: apps.of_account(tx, 2)) == []
    await invited.write(lambda tx: collaborators.accept(tx, 20, 2))
    assert [it.name for it in await invited.read(lambda tx: apps.of_account(tx, 2))] == ["hello-world"]


async def test_an_account_that_leaves_is_none_any_more(invited: Database) -> None:
    await invited.write(lambda tx: collaborators.accept(tx, 20, 2))
    await invited.write(lambda tx: collaborators.delete_of_account(tx, 5, 2))
    assert await invited.read(lambda tx: collaborators.of_app(tx, 5)) == []
