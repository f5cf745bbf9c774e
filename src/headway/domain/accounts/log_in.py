"""Prove who one is by name and password, and by a second factor where the account has one."""

import msgspec

from headway.domain.accounts.hashing import matches
from headway.domain.world import World
from headway.errors import NotFound, Unauthenticated
from headway.model.accounts import PASSWORD_LENGTH_MAX, Account
from headway.model.operations import Actor, NewEvent
from headway.model.second_factors import SecondFactor, hash_of, step_shown
from headway.store import accounts, passwords, second_factors
from headway.store.database import Tx

OTP_REQUIRED = "OTP Required"
"""Clients ask for the code when they read exactly this."""


async def log_in(world: World, name: str, password: str, code: str, *, dialect: str) -> Account:
    """The account of that name or e-mail address. Unauthenticated, in as much time, where it or the password is wrong.

    `code` is what the second factor shows, or a recovery code; empty where none came. None is good twice.
    """
    account, kept = await world.database.read(lambda tx: _found(tx, name))
    right = len(password) <= PASSWORD_LENGTH_MAX and await matches(kept, password)
    if account is None or not right:
        raise Unauthenticated("the name or the password is wrong")
    by = Actor(account_id=account.id, name=account.name, dialect=dialect)

    async def body(tx: Tx) -> None:
        await use_code(tx, account.id, code, world.clock.now())
        tx.append(
            NewEvent(at=world.clock.now(), name="account.logged_in", target=f"account:{account.id}", by=by)
        )

    await world.database.write(body)
    return account


async def _found(tx: Tx, name: str) -> tuple[Account | None, str | None]:
    try:
        by = accounts.by_email(tx, name.lower()) if "@" in name else accounts.by_name(tx, name)
        account = await by
    except NotFound:
        return None, None
    return account, await passwords.get(tx, account.id)


async def use_code(tx: Tx, account_id: int, code: str, now: int) -> None:
    """Nothing, if the account has no second factor, or the code is right; it is taken no more then. Unauthenticated."""
    factor = await second_factors.get(tx, account_id)
    if factor is None or factor.confirmed_at is None:
        return
    if not code:
        raise Unauthenticated(OTP_REQUIRED)
    used = _used(factor, code.strip(), now)
    if used is None:
        raise Unauthenticated("the one-time password is wrong, or was used before")
    await second_factors.put(tx, used)


def _used(factor: SecondFactor, code: str, now: int) -> SecondFactor | None:
    """The factor as it is once the code was used; None where the code is wrong."""
    if (step := step_shown(factor, code, now)) is not None:
        return msgspec.structs.replace(factor, last_step=step)
    if (hash := hash_of(code)) in factor.recovery:
        left = tuple(it for it in factor.recovery if it != hash)
        return msgspec.structs.replace(factor, recovery=left)
    return None
