"""Who asks: an API token, or a JWT that was exchanged for one, leads to an account.

What the store said is believed for a moment, so that a busy client costs it little; a revoked token, and each
JWT made from it, is worth nothing as soon as that moment is over.
"""

import binascii
from base64 import b64decode

import msgspec

from headway import ids
from headway.domain.accounts.secret import hash_of
from headway.domain.accounts.use_token import use_token
from headway.domain.world import World
from headway.errors import NotFound, Unauthenticated
from headway.model.accounts import Account, Token
from headway.views import accounts
from headway.web.jwt import Signer

BELIEVED_SECONDS = 2.0
_BELIEFS_MAX = 10_000
_PURPOSE = "api"


class Caller(msgspec.Struct, frozen=True):
    """Somebody who proved who they are, and with which token."""

    account: Account
    token: Token


class Identity:
    """Turns secrets into callers."""

    def __init__(self, world: World, signer: Signer) -> None:
        self._world = world
        self._signer = signer
        self._believed: dict[str, tuple[Caller, float]] = {}

    async def caller(self, secret: str | None) -> Caller:
        """Who holds the secret, an API token or a JWT. Unauthenticated where nobody does."""
        if not secret:
            raise Unauthenticated("no token came with the request")
        now = self._world.clock.monotonic()
        believed = self._believed.get(secret)
        if believed is not None and believed[1] > now:
            return believed[0]
        self._believed.pop(secret, None)
        caller = await self._from_jwt(secret) if secret.count(".") == 2 else await self._from_token(secret)
        await use_token(self._world, caller.token)
        if len(self._believed) >= _BELIEFS_MAX:
            del self._believed[next(iter(self._believed))]
        self._believed[secret] = (caller, now + BELIEVED_SECONDS)
        return caller

    def jwt(self, caller: Caller) -> str:
        """A JWT for the caller; it dies with the caller's token."""
        claims = {"sub": ids.show(caller.account.id), "token": ids.show(caller.token.id)}
        # The secret may be renewed under the same id: the JWT belongs to the old secret.
        return self._signer.sign(
            _PURPOSE, {**claims, "of": caller.token.hash[:16]}, self._world.config.jwt_seconds
        )

    async def _from_token(self, secret: str) -> Caller:
        try:
            return Caller(*await accounts.by_token_hash(self._world.database, hash_of(secret)))
        except NotFound as error:
            raise Unauthenticated("the API token is not valid") from error

    async def _from_jwt(self, secret: str) -> Caller:
        claims = self._signer.read(_PURPOSE, secret)
        try:
            account, token = await accounts.by_token(self._world.database, ids.parse(claims["token"]) or 0)
        except NotFound as error:
            raise Unauthenticated("the API token behind this was revoked") from error
        if not token.hash.startswith(claims["of"]):
            raise Unauthenticated("the API token behind this was renewed")
        return Caller(account, token)


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
