"""Who asks: an API token, or a JWT that was exchanged for one, leads to an account.

What the store said is believed for a moment, so that a busy client costs it little. A token that is revoked here,
and each JWT made from it, is worth nothing from then on; one that is revoked elsewhere, as soon as that is heard,
and at the latest when the moment is over.
"""

import binascii
from base64 import b64decode
from typing import Any

import msgspec

from headway import ids
from headway.clock import SECOND
from headway.domain.accounts.secret import hash_of
from headway.domain.accounts.use_token import use_token
from headway.domain.world import World
from headway.errors import NotFound, Unauthenticated
from headway.model.accounts import Account, Token
from headway.store.database import Touched
from headway.views import accounts
from headway.web.jwt import Signer

BELIEVED_SECONDS = 2.0
LOGIN_SECONDS = 300
_BELIEFS_MAX = 10_000
_PURPOSE = "api"
_RESTS_ON = frozenset({"accounts", "tokens"})


class Caller(msgspec.Struct, frozen=True):
    """Somebody who proved who they are, and with which token."""

    account: Account
    token: Token
    until: float
    """When this has to be asked again, on the monotonic clock."""


class Identity:
    """Turns secrets into callers."""

    def __init__(self, world: World, signer: Signer) -> None:
        self._world = world
        self._signer = signer
        self._believed: dict[str, Caller] = {}
        self._changes = 0
        world.database.listen(self._heard)

    async def caller(self, secret: str | None) -> Caller:
        """Who holds the secret, an API token or a JWT. Unauthenticated where nobody does."""
        if not secret:
            raise Unauthenticated("no token came with the request")
        now = self._world.clock.monotonic()
        believed = self._believed.get(secret)
        if believed is not None and believed.until > now:
            return believed
        self._believed.pop(secret, None)
        changes, until = self._changes, now + BELIEVED_SECONDS
        asked = self._from_jwt if secret.count(".") == 2 else self._from_token
        caller = await asked(secret, until)
        await use_token(self._world, caller.token)
        if changes == self._changes:
            self._believe(secret, caller)
        return caller

    def jwt(self, caller: Caller) -> str:
        """A JWT for the caller; it dies with the caller's token."""
        claims = {"sub": ids.show(caller.account.id), "token": ids.show(caller.token.id)}
        # The secret may be renewed under the same id: the JWT belongs to the old secret.
        return self._signer.sign(
            _PURPOSE, {**claims, "of": caller.token.hash[:16]}, self._world.config.jwt_seconds
        )

    def login(self, account: Account) -> str:
        """A JWT for somebody who proved otherwise who they are: good for as long as it takes to make a token with it."""
        return self._signer.sign(_PURPOSE, {"sub": ids.show(account.id), "login": "ssh"}, LOGIN_SECONDS)

    def _believe(self, secret: str, caller: Caller) -> None:
        if len(self._believed) >= _BELIEFS_MAX:
            del self._believed[next(iter(self._believed))]
        self._believed[secret] = caller

    def _heard(self, touched: Touched | None) -> None:
        if touched is None or touched.nouns & _RESTS_ON:
            self._changes += 1
            self._believed.clear()

    async def _from_token(self, secret: str, until: float) -> Caller:
        try:
            return Caller(*await accounts.by_token_hash(self._world.database, hash_of(secret)), until)
        except NotFound as error:
            raise Unauthenticated("the API token is not valid") from error

    async def _from_jwt(self, secret: str, until: float) -> Caller:
        claims = self._signer.read(_PURPOSE, secret)
        if "login" in claims:
            return await self._from_login(claims, until)
        try:
            account, token = await accounts.by_token(self._world.database, ids.parse(claims["token"]) or 0)
        except NotFound as error:
            raise Unauthenticated("the API token behind this was revoked") from error
        if not token.hash.startswith(claims["of"]):
            raise Unauthenticated("the API token behind this was renewed")
        return Caller(account, token, min(until, self._expiry(claims["exp"])))

    async def _from_login(self, claims: dict[str, Any], until: float) -> Caller:
        try:
            account = await accounts.get(self._world.database, ids.parse(claims["sub"]) or 0)
        except NotFound as error:
            raise Unauthenticated("the account behind this is gone") from error
        now = self._world.clock.now()
        # It came with no token: what stands here is kept nowhere.
        token = Token(0, account.id, claims["login"], "", now, now)
        return Caller(account, token, min(until, self._expiry(claims["exp"])))

    def _expiry(self, exp: int) -> float:
        clock = self._world.clock
        return clock.monotonic() + exp - clock.now() / SECOND


def bearer(header: str | None) -> str | None:
    """The secret in `Bearer …`, or None."""
    scheme, _, secret = (header or "").partition(" ")
    return secret.strip() or None if scheme.lower() == "bearer" else None


def basic(header: str | None) -> tuple[str, str] | None:
    """User and password in `Basic …`, or None."""
    scheme, _, encoded = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return (user, password) if colon else None
