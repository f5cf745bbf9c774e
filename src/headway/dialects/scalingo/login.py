"""Who asks for an API token: somebody with another one, or with a password, or who came over SSH."""

import contextlib

from headway.dialects.scalingo.identity import secret
from headway.domain.accounts.log_in import log_in
from headway.errors import Unauthenticated
from headway.model.accounts import Account
from headway.web.ask import Ask
from headway.web.identity import basic


async def asker(ask: Ask) -> Account:
    """The account, by Basic with user and password (and `X-Authorization-OTP`), or by Basic or Bearer with a token.

    Unauthenticated; TooMany where somebody tries too often.
    """
    given = basic(ask.headers.get("authorization"))
    if given is None or not given[0]:
        return await _by_token(ask)
    # Some put a user beside their token. A password is never taken for one: it may not begin like one.
    with contextlib.suppress(Unauthenticated):
        return await _by_token(ask)
    return await _by_password(ask, *given)


async def _by_token(ask: Ask) -> Account:
    account = await ask.edge.identity.newcomer(secret(ask.headers))
    ask.edge.limits.count(account.id)
    return account


async def _by_password(ask: Ask, name: str, password: str) -> Account:
    ask.edge.guesses.count(name, ask.address)
    code = ask.headers.get("x-authorization-otp", "")
    return await log_in(ask.world, name, password, code, dialect=ask.dialect)
