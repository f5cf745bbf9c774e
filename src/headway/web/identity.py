"""Who asks: an API token, or a JWT that was exchanged for one, leads to an account; a worker's token to a worker.

What the store said is believed for a moment, so that a busy client costs it little. A token that is revoked here,
and each JWT made from it, is worth nothing from then on; one that is revoked elsewhere, as soon as that is heard,
and at the latest when the moment is over.
"""

import binascii
import contextlib
from base64 import b64decode
from collections.abc import Iterable
from typing import Protocol

import msgspec

from headway import ids
from headway.clock import SECOND
from headway.domain.accounts.secret import hash_of
from headway.domain.accounts.use_token import use_token
from headway.domain.workers.use import use as use_worker
from headway.domain.world import World
from headway.errors import NotFound, Unauthenticated
from headway.model.accounts import Account, Token
from headway.model.workers import TOKEN_PREFIX as WORKER_PREFIX
from headway.model.workers import Worker
from headway.store.database import Touched
from headway.views import accounts, workers
from headway.web.jwt import Signer

BELIEVED_SECONDS = 2.0
_BELIEFS_MAX = 10_000
API, WORK, _LOGIN = "api", "work", "login"
"""The audience of what does all that an account may; of that, and of workers' tokens, which are good for nothing else;
and of a JWT that only makes a token.
"""
LOGIN_SECONDS = 300
_RESTS_ON = frozenset({"accounts", "tokens", "workers"})


class Caller(msgspec.Struct, frozen=True):
    """Somebody who proved who they are, and with which token."""

    account: Account
    token: Token
    until: float
    """When this has to be asked again, on the monotonic clock."""
    scopes: frozenset[str] | None = None
    """What the secret is good for; None for everything."""
    worker: Worker | None = None
    """Who it is, where it is not the account itself but somebody who works in its pools: `token` is theirs."""

    @property
    def counted(self) -> object:
        """Against whose limit their requests count: workers have limits of their own."""
        return self.account.id if self.worker is None else ("worker", self.worker.id)


class Doorkeeper(Protocol):
    """Knows who asks."""

    async def caller(self, secret: str | None, audience: str = API) -> Caller:
        """Who holds the secret. Unauthenticated where nobody does."""
        ...


class Identity:
    """Turns secrets into callers."""

    def __init__(self, world: World, signer: Signer) -> None:
        self._world = world
        self._signer = signer
        self._believed: dict[tuple[str, str], Caller] = {}
        self._changes = 0
        world.database.listen(self._heard)

    async def caller(self, secret: str | None, audience: str = API) -> Caller:
        """Who holds the secret: an API token, a JWT for that audience, or for WORK a worker's. Unauthenticated."""
        if not secret:
            raise Unauthenticated("no token came with the request")
        now = self._world.clock.monotonic()
        key = (audience, secret)
        believed = self._believed.get(key)
        if believed is not None and believed.until > now:
            return believed
        self._believed.pop(key, None)
        changes, until = self._changes, now + BELIEVED_SECONDS
        caller = await self._found(secret, audience, until)
        if changes == self._changes:
            self._believe(key, caller)
        return caller

    async def newcomer(self, secret: str | None) -> Account:
        """Who holds the secret: also one of `login_jwt`, which is good for nothing but an API token of their own."""
        if secret and secret.count(".") == 2:
            with contextlib.suppress(Unauthenticated, NotFound):
                claims = self._signer.read(_LOGIN, secret)
                return await accounts.get(self._world.database, ids.parse(claims["sub"]) or 0)
        return (await self.caller(secret)).account

    def login_jwt(self, account: Account) -> str:
        """A JWT for somebody who has proved who they are in another way, over SSH say; good for minutes."""
        return self._signer.sign(_LOGIN, {"sub": ids.show(account.id)}, LOGIN_SECONDS)

    def jwt(self, caller: Caller) -> str:
        """A JWT for the caller; it dies with the caller's token."""
        return self._signer.sign(API, _claims(caller), self._world.config.jwt_seconds)

    def scoped(self, caller: Caller, audience: str, scopes: Iterable[str], seconds: int) -> str:
        """A JWT that only this audience takes, for these scopes; it dies with the caller's token."""
        return self._signer.sign(audience, _claims(caller) | {"scope": " ".join(scopes)}, seconds)

    def _believe(self, key: tuple[str, str], caller: Caller) -> None:
        if len(self._believed) >= _BELIEFS_MAX:
            del self._believed[next(iter(self._believed))]
        self._believed[key] = caller

    def _heard(self, touched: Touched | None) -> None:
        if touched is None or touched.nouns & _RESTS_ON:
            self._changes += 1
            self._believed.clear()

    async def _found(self, secret: str, audience: str, until: float) -> Caller:
        if audience == WORK and secret.startswith(WORKER_PREFIX):
            return await self._from_worker(secret, until)
        is_jwt = secret.count(".") == 2
        meant = API if audience == WORK else audience
        caller = await (self._from_jwt(meant, secret, until) if is_jwt else self._from_token(secret, until))
        await use_token(self._world, caller.token)
        return caller

    async def _from_worker(self, secret: str, until: float) -> Caller:
        try:
            account, it = await workers.by_token_hash(self._world.database, hash_of(secret))
        except NotFound as error:
            raise Unauthenticated("the token is not valid") from error
        await use_worker(self._world, it)
        token = Token(it.id, account.id, it.name, it.hash, it.created_at, it.last_used_at)
        return Caller(account, token, until, worker=it)

    async def _from_token(self, secret: str, until: float) -> Caller:
        try:
            return Caller(*await accounts.by_token_hash(self._world.database, hash_of(secret)), until)
        except NotFound as error:
            raise Unauthenticated("the API token is not valid") from error

    async def _from_jwt(self, audience: str, secret: str, until: float) -> Caller:
        claims = self._signer.read(audience, secret)
        try:
            account, token = await accounts.by_token(self._world.database, ids.parse(claims["token"]) or 0)
        except NotFound as error:
            raise Unauthenticated("the API token behind this was revoked") from error
        if not token.hash.startswith(claims["of"]):
            raise Unauthenticated("the API token behind this was renewed")
        scopes = frozenset(claims["scope"].split()) if "scope" in claims else None
        return Caller(account, token, min(until, self._expiry(claims["exp"])), scopes)

    def _expiry(self, exp: int) -> float:
        clock = self._world.clock
        return clock.monotonic() + exp - clock.now() / SECOND


def _claims(caller: Caller) -> dict[str, str]:
    # The secret may be renewed under the same id: the JWT belongs to the old secret.
    of = caller.token.hash[:16]
    return {"sub": ids.show(caller.account.id), "token": ids.show(caller.token.id), "of": of}


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
