"""The worker: claims operations and performs them until told to stop; renews this node's lease.

On start it goes on at once with what this node was performing when it died. Every second it looks for other nodes
whose lease is over (five times where nodes hold marks, also for those whose process has died) and takes their operations over, and for operations of its own that it does not perform: one
that was dropped in mid-course, or whose beginning was written down though the answer was lost. On stop it claims
nothing more and lets go of what it performs: that stays `running`, and the next start goes on with it.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, cast

import msgspec

from headway.clock import Clock
from headway.engine.declare import OperationType, W
from headway.engine.lease import Lease
from headway.engine.missed import Missed
from headway.engine.patience import insist
from headway.engine.perform import Performer
from headway.engine.run import Live
from headway.engine.scribe import Scribe
from headway.engine.submit import Seat
from headway.engine.watch import LOOK_SECONDS, Watch
from headway.errors import Fenced, Unavailable
from headway.ids import show
from headway.model.operations import Operation
from headway.store import nodes, operations
from headway.store.database import Database, StorageFull, Tx

log = logging.getLogger("engine")

PAUSE_SECONDS = 1.0
"""Between two looks for what other nodes left behind: queued work, wishes to cancel, lost leases."""
SEAT_SECONDS = 60.0
"""So long the answer to a submission may take, and its operation still begin at once."""


class Worker(Generic[W]):
    """Performs the operations of this node. `numbered` is told the number of the node once it is known."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        catalog: Mapping[str, OperationType[Any, W]],
        *,
        node: str,
        lease_seconds: float,
        operations_max: int,
        numbered: Callable[[int], None] | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._catalog = catalog
        self._lease = Lease(database, clock, name=node, seconds=lease_seconds)
        self._watch = None if database.marks is None else Watch(database, database.marks)
        self._performer = Performer(database, clock, self._lease.held)
        self._operations_max = operations_max
        self._numbered = numbered
        self._world: W | None = None
        self._group: asyncio.TaskGroup | None = None
        self._scribe = Scribe(clock)
        self._performing: dict[int, Live[Any, W]] = {}
        self._missed = Missed(clock, SEAT_SECONDS)
        self._unknown: set[int] = set()
        self._wake = asyncio.Event()
        self._settled = False
        """Whether this node has what it owns in its hands; not while it comes, or comes back after a lost lease."""
        self._looking = asyncio.Lock()

    def given(self, world: W) -> None:
        """Hand over what steps act on; before `serve`."""
        self._world = world

    # -- the host of the desk ------------------------------------------------------------------------------

    def room(self) -> Seat | None:
        """Where one more operation can begin now."""
        if not self._settled or len(self._performing) >= self._operations_max or not self._lease.held():
            return None
        return Seat(self._lease.node, self._lease.epoch, self._clock.monotonic() + SEAT_SECONDS)

    def begin(self, operation: Operation, seat: Seat) -> None:
        """Perform an operation that was accepted with this seat.

        Not where the node stops, or the seat is over: others, or a look of its own, may have performed it by now.
        """
        good = seat.epoch == self._lease.epoch and self._clock.monotonic() < seat.until
        if self._settled and good and not self._missed.found(operation.id):
            self._begin(operation)

    def _begin(self, operation: Operation) -> None:
        if self._group is None or operation.id in self._performing:
            return
        run = self._run(operation)
        if run is None:
            return
        perform = self._perform(run)
        try:
            run.task = self._group.create_task(perform)
        except RuntimeError:  # the group is ending, because something failed that nobody foresaw
            perform.close()
            return
        self._performing[operation.id] = run
        # Not at the end of `_perform`: a task that is cancelled before it has begun never gets there.
        run.task.add_done_callback(lambda _: self._ended(run))

    def _run(self, operation: Operation) -> Live[Any, W] | None:
        """None for what this program cannot perform: a newer one may, so it stays as it is and harms no other."""
        clock, soon = self._clock, self._scribe.call
        try:
            type, world = self._catalog[operation.type], cast(W, self._world)
            return Live(world, type, operation, database=self._database, clock=clock, soon=soon)
        except (KeyError, msgspec.DecodeError):
            self._unknown.add(operation.id)
            log.exception("operation %s (%s) is not understood", show(operation.id), operation.type)
            return None

    def _ended(self, run: Live[Any, W]) -> None:
        full = len(self._performing) >= self._operations_max
        del self._performing[run.operation.id]
        if not run.operation.phase.terminal:
            self._missed.dropped(run.operation)
        if full:
            self.look()

    def look(self) -> None:
        """There may be queued operations."""
        self._wake.set()

    def cancel(self, id: int) -> None:
        """Somebody wants the operation cancelled: stop its step where it may be stopped."""
        if id in self._performing:
            self._performing[id].want_cancelled()

    # -- the service ---------------------------------------------------------------------------------------

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Claim and perform until `stop`."""
        node = await insist(self._clock, self._lease.register)
        if self._numbered is not None:
            self._numbered(node)
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                await insist(self._clock, self._resume)
                helpers = [
                    group.create_task(helper())
                    for helper in (self._keep_lease, self._claim, self._watch_others, self._scribe.serve)
                ]
                ready.set()
                try:
                    await stop.wait()
                finally:
                    self._group, self._settled = None, False
                    self._drop()
                for helper in helpers:
                    helper.cancel()
        finally:
            self._group, self._settled = None, False
            await self._leave()

    async def _leave(self) -> None:
        try:
            await self._lease.release()
        except (Unavailable, StorageFull):
            log.warning("the lease could not be released; it runs out by itself")

    async def _resume(self) -> None:
        """Go on with what this node was performing when it died."""
        node, epoch, now = self._lease.node, self._lease.epoch, self._clock.now()

        async def resume(tx: Tx) -> list[Operation]:
            # May arrive when this process is long dead, and the next one under its name performs all that.
            return (
                await operations.take_over(tx, node, node, now) if await nodes.lives(tx, node, epoch) else []
            )

        for operation in await self._database.write(resume):
            self._begin(operation)
        self._settled = True

    async def _keep_lease(self) -> None:
        while True:
            if not await self._lease.keep():
                log.warning("this node was taken for dead; it comes back with a new epoch")
                await self._come_back()

    async def _come_back(self) -> None:
        """Nothing is begun meanwhile: it would be taken over from itself."""
        self._settled = False
        async with self._looking:
            await self._let_go()
            await insist(self._clock, self._lease.register)
            await insist(self._clock, self._resume)

    def _drop(self) -> None:
        """Let go of all; one whose write was refused ends by itself, when that has been written down."""
        for run in self._performing.values():
            if not run.refused:
                run.stop()

    async def _let_go(self) -> None:
        """Stop performing; return when nothing of it runs here any more."""
        tasks = [run.task for run in self._performing.values() if run.task is not None]
        self._drop()
        if tasks:
            await asyncio.wait(tasks)

    async def _claim(self) -> None:
        while True:
            self._wake.clear()
            try:
                async with self._looking:
                    if self._lease.held():
                        await self._look()
            except (Unavailable, StorageFull) as error:
                log.warning("claiming: %s", error)
            await self._woken()

    async def _look(self) -> None:
        await self._rescue()
        await self._take_up()
        await self._claim_queued()
        await self._hear_cancels()

    async def _woken(self) -> None:
        waits = (
            asyncio.ensure_future(self._wake.wait()),
            asyncio.ensure_future(self._clock.sleep(PAUSE_SECONDS)),
        )
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _watch_others(self) -> None:
        """Take over soon what a process was performing that has died."""
        while self._watch is not None:
            await self._clock.sleep(LOOK_SECONDS)
            try:
                async with self._looking:
                    if self._lease.held():
                        await self._rescue(await self._watch.gone(self._lease.node))
            except (Unavailable, StorageFull) as error:
                log.debug("watching: %s", error)

    async def _rescue(self, gone: Sequence[nodes.Epoch] = ()) -> None:
        """Take over what was performed by nodes whose lease is over, or that are known to be gone."""
        me = self._lease.node
        if not gone and not await self._database.read(lambda tx: nodes.lapsed(tx, me, self._clock.now())):
            return

        async def rescue(tx: Tx) -> list[Operation]:
            now = self._clock.now()  # of this moment: the write may have waited while the clock was set
            dead = await nodes.expire(tx, me, now)
            dead += [epoch.node for epoch in gone if await nodes.end(tx, epoch)]
            return [it for node in dead for it in await operations.take_over(tx, me, node, now)]

        for operation in await self._database.write(rescue):
            self._begin(operation)

    async def _take_up(self) -> None:
        """Go on with what is this node's, and has not been performed for a while."""
        me, epoch, now = self._lease.node, self._lease.epoch, self._clock.now()
        mine = await self._database.read(lambda tx: operations.performed(tx, me))
        due = self._missed.due(mine - self._unknown, self._performing.keys())

        async def take_up(tx: Tx) -> list[Operation | None]:
            ours = await nodes.lives(tx, me, epoch)
            return [await operations.take_up(tx, me, id, now) for id in due] if ours else []

        for operation in await self._database.write(take_up) if due else ():
            if operation is not None:
                self._begin(operation)

    async def _claim_queued(self) -> None:
        room = self._operations_max - len(self._performing)
        if room <= 0:
            return
        node, now = self._lease.node, self._clock.now()
        for operation in await self._database.write(lambda tx: operations.claim(tx, node, now, room)):
            self._begin(operation)

    async def _hear_cancels(self) -> None:
        for id in await self._database.read(lambda tx: operations.cancels_of(tx, self._lease.node)):
            self.cancel(id)

    # -- one operation -------------------------------------------------------------------------------------

    async def _perform(self, run: Live[Any, W]) -> None:
        try:
            await self._performer.perform(run)
        except Fenced as fenced:
            await self._audit(run.operation, str(fenced))
        # One that cannot be written down must not stop the others; the next look goes on with it.
        except Exception:
            log.exception("an operation could not be written down; it is tried again")

    async def _audit(self, operation: Operation, what: str) -> None:
        """Write down that a write was refused."""
        event = operations.refused_write(operation, self._clock.now(), what, self._lease.node)

        async def audit(tx: Tx) -> None:
            tx.append(event)

        if what != "lease":
            await insist(self._clock, lambda: self._database.write(audit))
