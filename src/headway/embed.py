"""The operations engine within a service of your own: its database, its types, its people; four dialects to read them in.

    engine = Engine("reports.db", [EXPORT], world=folder, who=who)
    app = Starlette(
        routes=[Route("/exports", export, methods=["POST"]), Mount("/", engine.dialects())],
        lifespan=lambda _: engine.running(),
        exception_handlers={Refusal: refused},
    )

and in `export`, in a transaction of your own:

    await engine.database.write(lambda tx: engine.submit(tx, EXPORT, wish, by=by))

Everything that the service needs can be imported from here. Nothing of apps is started: no router, no containers.
"""

import asyncio
import contextlib
import fcntl
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from headway import lifecycle
from headway.clock import Clock, SystemClock
from headway.config import Config
from headway.dialects.headway import alone as our_own
from headway.dialects.headway import project, refuse
from headway.dialects.scalingo import alone as scalingo
from headway.dialects.toloka import alone as toloka
from headway.dialects.workiva import alone as workiva
from headway.domain.operations import cancel
from headway.domain.world import Office
from headway.engine.declare import Again, OperationType, P, Run, Step, W
from headway.engine.feed import Feed
from headway.engine.janitor import Janitor
from headway.engine.submit import Desk, key_of
from headway.engine.worker import Worker
from headway.errors import Conflict, Failure, Invalid, Refusal, Retry, Unauthenticated
from headway.ids import Ids
from headway.model.accounts import Account, Token
from headway.model.operations import Actor, Detail, Operation, Phase
from headway.store.database import Database, Tx
from headway.store.opening import named
from headway.store.sheets import parsed as statements
from headway.views.stories import Stories
from headway.web.ask import Threshold
from headway.web.body import decode
from headway.web.dialect import mount
from headway.web.identity import API, BELIEVED_SECONDS, Caller, bearer
from headway.web.ledger import Ledger
from headway.web.limits import Limits, Places
from headway.web.request_ids import RequestIds
from headway.web.snapshots import Snapshots

__all__ = [
    "Actor",
    "Again",
    "Config",
    "Detail",
    "Engine",
    "Failure",
    "Operation",
    "OperationType",
    "Phase",
    "Refusal",
    "Retry",
    "Run",
    "Step",
    "Tx",
    "Who",
    "decode",
    "location",
    "refused",
    "statements",
]

Who = Callable[[str], Awaitable[Actor | None]]
"""Who holds a secret, as it came in `Authorization`; None where nobody does. What it said is believed for two seconds."""


class Engine(Generic[W]):
    """Accepts operations of your types, and performs them while it is running.

    `database` is a file for SQLite, or a `postgresql://` URL; it is the service's own, not a platform's. `world` is
    what steps find as `run.world`. `name` is what the service is called where a dialect wants an application. Several
    processes may share a PostgreSQL: each under a `node` name of its own, by which it comes back after a crash.
    `config` has limits and times; most of its settings are about apps and mean nothing here. Invalid where two types
    have one name, or the database is of another kind.
    """

    def __init__(
        self,
        database: str | Path,
        types: Iterable[OperationType[Any, W]],
        *,
        world: W,
        who: Who,
        name: str = "service",
        node: str = "",
        config: Config | None = None,
    ) -> None:
        self._config = config or Config()
        self._clock = SystemClock()
        self._who = who
        self._name = name
        self._file = database if "://" not in str(database) else None
        self._catalog = _by_name(types)
        self.database: Database = named(database, self._clock)
        """Where operations are kept, and whatever you write beside them: `read`, and `write`, take a body."""
        ids = Ids(self._clock)
        self._worker = self._new_worker(node or name, ids)
        self._worker.given(world)
        self._office = _Office(
            config=self._config,
            clock=self._clock,
            ids=ids,
            database=self.database,
            desk=Desk(ids, self._clock, self._worker, waiting_max=self._config.operations_waiting_max),
            given=world,
        )
        self._feed = Feed(self.database)

    def _new_worker(self, node: str, ids: Ids) -> Worker[W]:
        return Worker[W](
            self.database,
            self._clock,
            self._catalog,
            node=node,
            lease_seconds=self._config.lease_seconds,
            operations_max=self._config.operations_max,
            numbered=ids.belong_to,
        )

    # -- its life ------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Open the database, go on with what was begun, and perform what comes, until the end of the block; once.

        Conflict where another process works on the same SQLite file. What a `kill -9` leaves is gone on with by the
        next one.
        """
        with _alone_with(self._file):
            await self.database.open()
            try:
                async with asyncio.TaskGroup() as group:
                    ready, stop = asyncio.Event(), asyncio.Event()
                    group.create_task(self._serve(ready, stop))
                    await ready.wait()
                    try:
                        yield
                    finally:
                        stop.set()
            finally:
                self._feed.close()
                await self.database.close()

    async def _serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        days = self._config.operation_retention_days
        services = (self._worker, Janitor(self.database, self._clock, retention_days=days))
        await lifecycle.run(services, ready, stop, drain_seconds=self._config.drain_seconds)

    # -- what can be asked of it ---------------------------------------------------------------------------

    async def submit(
        self, tx: Tx, type: OperationType[P, W], params: P, *, by: Actor, key: str = ""
    ) -> Operation:
        """Accept an operation in a transaction of yours: it is accepted once that is on disk, together with all else in it.

        With an idempotency `key` the same request means the first operation again. Busy, with its holder, where the
        target is held; KeyReused; Unavailable where too many wait.
        """
        assert type.name in self._catalog, f"{type.name} is none of the types of this engine"
        sent = key_of(by, key, type.name, params)
        earlier = await self._office.desk.earlier(tx, sent)
        return earlier or await self._office.desk.submit(tx, type, params, by=by, key=sent)

    async def cancel(self, id: int, *, by: Actor, reason: str = "") -> Operation:
        """Ask it to turn back; the operation as it is then. NotFound where `by` did not begin it, Conflict where it has ended."""
        return await cancel.cancel(self._office, id, reason, by=by, catalog=self._catalog)

    async def ended(self, id: int) -> Operation | None:
        """The operation, once it has ended; None where there is none."""
        return await self._feed.ended(id)

    async def asker(self, headers: Mapping[str, str]) -> Actor:
        """Who asks, for handlers of your own: by `Authorization: Bearer …`, as in our own dialect. Unauthenticated."""
        return await _asker(self._who, bearer(headers.get("authorization")))

    # -- over HTTP -----------------------------------------------------------------------------------------

    def dialects(self, elsewhere: ASGIApp | None = None) -> ASGIApp:
        """Operations in four dialects, at the paths that their clients know; `elsewhere` answers every other path.

        /headway/v1/…                                 list, follow, why, cancel, retry, undo, events
        /v1/apps/{name}/operations/{id}               as Scalingo has it
        /api/v1/operations/{id}, …/log                as Toloka has it
        /platform/v1/operations/{id}, /operations/…   as Workiva has it

        To be mounted at the root. Each person sees the operations that they began.
        """
        stories = Stories(self.database, self._feed, self._clock, self._catalog)
        dialects = (
            our_own.alone(stories),
            scalingo.alone(self._name),
            toloka.alone(),
            workiva.alone(self._config, self._clock),
        )
        return mount(self._threshold(), dialects, elsewhere)

    def _threshold(self) -> Threshold:
        limits, request_ids = Limits(self._clock, self._config.requests_per_minute), RequestIds()
        return Threshold(
            world=self._office,
            feed=self._feed,
            identity=_Doorkeeper(self._who, self._clock),
            limits=limits,
            places=Places(self._config.requests_at_once_max),
            request_ids=request_ids,
            snapshots=Snapshots(self.database, self._clock, limits, request_ids),
            ledger=Ledger(self._office),
        )


def _by_name(types: Iterable[OperationType[Any, W]]) -> Mapping[str, OperationType[Any, W]]:
    catalog: dict[str, OperationType[Any, W]] = {}
    for type in types:
        if type.name in catalog:
            raise Invalid(types=f"there are two that are called {type.name}")
        catalog[type.name] = type
    return catalog


def location(operation: Operation) -> str:
    """Where an operation is followed: for the `Location` of a 202."""
    return project.path(operation.id)


async def refused(_: Request, refusal: Exception) -> Response:
    """What Starlette is to answer where a handler of yours raises a `Refusal`: JSON, as our own dialect has it."""
    assert isinstance(refusal, Refusal), refusal
    answer = refuse.refuse(refusal)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in answer.headers}
    return Response(answer.body, answer.status, headers)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Office(Office):
    given: Any

    @property
    def acted_on(self) -> Any:
        return self.given


class _Doorkeeper:
    """Asks the service who somebody is."""

    def __init__(self, who: Who, clock: Clock) -> None:
        self._who = who
        self._clock = clock

    async def caller(self, secret: str | None, audience: str = API) -> Caller:  # noqa: ARG002 - the same for all
        by = await _asker(self._who, secret)
        account = Account(by.account_id, by.name, "", 0)
        token = Token(by.account_id, by.account_id, "", "", 0, None)
        return Caller(account, token, self._clock.monotonic() + BELIEVED_SECONDS)


async def _asker(who: Who, secret: str | None) -> Actor:
    by = await who(secret) if secret else None
    if by is None:
        raise Unauthenticated("nobody is known by this token")
    return by


@contextlib.contextmanager
def _alone_with(file: str | Path | None) -> Generator[None]:
    """No other process works on the file meanwhile; Conflict where one does."""
    if file is None:
        yield
        return
    path = Path(f"{file}-engine")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"another process works on {file} already; a PostgreSQL can be shared") from None
        yield
