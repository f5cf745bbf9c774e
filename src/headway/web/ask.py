"""One request on its way through a dialect, and what every dialect leans on to answer it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from starlette.datastructures import Headers, QueryParams
from starlette.types import Receive, Scope

from headway.domain.world import Office, World
from headway.engine.feed import Feed
from headway.errors import Invalid, Unauthenticated
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.web import body
from headway.web.identity import Caller, Doorkeeper, Identity
from headway.web.jwt import Signer, key_in
from headway.web.ledger import Ledger
from headway.web.limits import Guesses, Limits, Places
from headway.web.request_ids import RequestIds
from headway.web.snapshots import Snapshots

T = TypeVar("T")
KEY_LENGTH_MAX = 255
_KEY = re.compile(rf"[!-~]{{1,{KEY_LENGTH_MAX}}}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Threshold:
    """What every request passes, whatever it is about; made once."""

    world: Office
    """Of a service without apps, its office."""
    feed: Feed
    identity: Doorkeeper
    limits: Limits
    places: Places
    request_ids: RequestIds
    snapshots: Snapshots
    ledger: Ledger
    """Of calls of what is to be switched off; a service, which somebody has to run."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edge(Threshold):
    """What all dialects of a platform share."""

    world: World
    identity: Identity
    signer: Signer
    guesses: Guesses


def edge(world: World, feed: Feed) -> Edge:
    """The edge of a platform; the key for its signatures is kept in the data folder."""
    config, clock = world.config, world.clock
    signer = Signer(key_in(config.folder), clock)
    limits = Limits(clock, config.requests_per_minute)
    request_ids = RequestIds()
    return Edge(
        world=world,
        feed=feed,
        signer=signer,
        identity=Identity(world, signer),
        limits=limits,
        guesses=Guesses(clock),
        places=Places(config.requests_at_once_max),
        request_ids=request_ids,
        snapshots=Snapshots(world.database, clock, limits, request_ids),
        ledger=Ledger(world),
    )


@dataclass(kw_only=True, slots=True)
class Ask:
    """What somebody asks. Complete, and left alone, once `params` and `known` are set: by the door, or for an open
    route, `known`, by what finds out who asks.
    """

    threshold: Threshold
    dialect: str
    scope: Scope
    receive: Receive
    headers: Headers
    request_id: str
    params: dict[str, str] = field(default_factory=dict[str, str])
    """What stands in the path for each `{name}`."""
    known: Caller | None = None

    @property
    def office(self) -> Office:
        """Where operations are kept."""
        return self.threshold.world

    @property
    def edge(self) -> Edge:
        """What dialects of a platform share; only a platform's routes ask for it."""
        assert isinstance(self.threshold, Edge), "this route is for a whole platform"
        return self.threshold

    @property
    def world(self) -> World:
        """The platform."""
        return self.edge.world

    @property
    def caller(self) -> Caller:
        """Who asks, and with which token; Unauthenticated where nobody knows."""
        if self.known is None:
            raise Unauthenticated("no token came with the request")
        return self.known

    @property
    def account(self) -> Account:
        """Who asks."""
        return self.caller.account

    @property
    def actor(self) -> Actor:
        """Who asks, as it is kept on events: a worker by their name, for the account whose pools they work in."""
        by, worker = self.acting(self.account), self.caller.worker
        return by if worker is None else msgspec.structs.replace(by, name=worker.name)

    def acting(self, account: Account) -> Actor:
        """Somebody who has proved to be that account, as it is kept on events."""
        return Actor(
            account_id=account.id, name=account.name, dialect=self.dialect, request_id=self.request_id
        )

    @property
    def address(self) -> str:
        """Where the request came from; empty where that is not known."""
        return (self.scope.get("client") or ("",))[0]

    @property
    def method(self) -> str:
        """`GET` and so on; `WEBSOCKET` for a handshake."""
        return "WEBSOCKET" if self.scope["type"] == "websocket" else self.scope["method"]

    @property
    def query(self) -> QueryParams:
        """What follows the `?`."""
        return QueryParams(self.scope["query_string"])

    @property
    def key(self) -> str:
        """The `Idempotency-Key`, or nothing; Invalid where it is too long or no visible ASCII."""
        key = self.headers.get("idempotency-key")
        if key is not None and not _KEY.fullmatch(key):
            raise Invalid(idempotency_key=f"should be 1 to {KEY_LENGTH_MAX} visible ASCII characters")
        return key or ""

    @property
    def origin(self) -> str:
        """Where the asker reaches us, without a slash at the end: `http://127.0.0.1:8000`."""
        config = self.office.config
        if config.public_url:
            return config.public_url.rstrip("/")
        scheme = {"ws": "http", "wss": "https"}.get(self.scope["scheme"], self.scope["scheme"])
        return f"{scheme}://{self.headers.get('host') or config.listen}"

    def number(self, name: str, default: int, *, at_least: int = 0, at_most: int) -> int:
        """A number in the query, brought into its bounds; Invalid where it is none."""
        given = self.query.get(name)
        return default if given is None else max(at_least, min(at_most, whole(name, given)))

    def flag(self, name: str, *, default: bool) -> bool:
        """A yes or no in the query; Invalid where it is neither."""
        given = self.query.get(name)
        return default if given is None else truth(name, given)

    async def body(self, type: type[T]) -> T:
        """The JSON body. TooLarge, Malformed, or Invalid naming the field."""
        return body.decode(await self.raw(self.office.config.body_bytes_max), type)

    async def raw(self, bytes_max: int) -> bytes:
        """The body as it came. TooLarge."""
        with self.threshold.places.aside():
            return await body.read(self.receive, self.headers.get("content-length"), bytes_max)

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes, for handlers that keep their own limit."""
        chunks = body.chunks(self.receive)
        while True:
            with self.threshold.places.aside():
                chunk = await anext(chunks, None)
            if chunk is None:
                return
            yield chunk


def whole(name: str, given: str) -> int:
    """The number that was given; Invalid, with the name, where it is none or has more than 18 digits."""
    if not re.fullmatch(r"-?[0-9]{1,18}", given):
        raise Invalid(**{name: "should be a whole number"})
    return int(given)


def truth(name: str, given: str) -> bool:
    """`true` or `false`, as it was given; Invalid, with the name, where it is neither."""
    if given.lower() not in {"true", "false"}:
        raise Invalid(**{name: "should be true or false"})
    return given.lower() == "true"


def ask(threshold: Threshold, dialect: str, scope: Scope, receive: Receive) -> Ask:
    """A request that has just come in."""
    headers = Headers(scope=scope)
    return Ask(
        threshold=threshold,
        dialect=dialect,
        scope=scope,
        receive=receive,
        headers=headers,
        request_id=threshold.request_ids.of(headers.get("x-request-id", "").encode("latin-1")).decode(),
    )
