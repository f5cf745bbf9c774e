"""A node under simulation: the platform's own worker, desk, feed and janitor in a process that can freeze and die."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import msgspec

from headway.engine.cancel import cancel
from headway.engine.declare import OperationType
from headway.engine.feed import Feed
from headway.engine.janitor import Janitor
from headway.engine.submit import Desk, Key
from headway.engine.worker import Worker
from headway.ids import Ids
from headway.model.operations import Actor, Detail, Operation
from headway.store.database import Tx
from headway.testing.simulation.clocks import MachineClock
from headway.testing.simulation.line import Harbour, Wire
from headway.testing.simulation.loop import Loop, Process
from headway.testing.simulation.witness import Witness

T = TypeVar("T")
BY = Actor(account_id=1, name="asker", dialect="simulation")


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What all nodes of a simulation have in common."""

    lease_seconds: float = 5.0
    operations_max: int = 3
    retention_seconds: float = 600.0
    drain_seconds: float = 5.0


class Down(Exception):
    """The node does not answer."""


class Unbegun:
    """A `Run` of which nothing ever ran."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation


class Node:
    """One node: now up, now down, under one name. `world` makes what steps act on, whenever it comes up."""

    def __init__(  # noqa: PLR0913 - all that a process needs, by name
        self,
        name: str,
        loop: Loop,
        harbour: Harbour,
        clock: MachineClock,
        types: Mapping[str, OperationType[Any, Any]],
        *,
        plan: Plan,
        witness: Witness,
        world: "Callable[[Node], Any]",
    ) -> None:
        self.name = name
        self.clock = clock
        self._loop = loop
        self._harbour = harbour
        self._types = types
        self._plan = plan
        self._witness = witness
        self._world = world
        self._lives = 0
        self._wires: list[Wire] = []
        self._stop = asyncio.Event()
        self.process = loop.process(name)
        self.process.alive = False

    @property
    def up(self) -> bool:
        """Whether it lives, frozen or not."""
        return self.process.alive

    # -- life ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Under the same name as before."""
        self._lives += 1
        self.process = process = self._loop.process(f"{self.name}.{self._lives}")
        self._witness.say(process.name, "starts")
        wire = Wire(self._harbour, process, self.name)
        self._wires.append(wire)
        ids = Ids(self.clock)
        self.worker = Worker[Any](
            wire,
            self.clock,
            self._types,
            node=self.name,
            lease_seconds=self._plan.lease_seconds,
            operations_max=self._plan.operations_max,
            numbered=ids.belong_to,
        )
        self.ids, self.database, self.desk = ids, wire, Desk(ids, self.clock, self.worker)
        self.worker.given(self._world(self))
        self.feed = Feed(wire)
        self.ready, self._stop = asyncio.Event(), asyncio.Event()
        self.serving = self._spawn(self._serve(process))

    async def _serve(self, process: Process) -> None:
        janitor = Janitor(self.database, self.clock, retention_days=self._plan.retention_seconds / 86_400)
        sweeping = self._loop.create_task(janitor.serve(asyncio.Event(), self._stop))
        try:
            await self.worker.serve(self.ready, self._stop)
        except Exception as error:
            strange = process.name in self._harbour.weather.strange_ones
            self._witness.hold("worker-stays-up", strange, f"{process.name}: {error!r}")
            self._witness.say(process.name, f"ends with {error!r}")
            self._loop.call_later(1, self._again, process, context=self._loop.outside.context)
            raise
        finally:
            sweeping.cancel()
        told = self._stop.is_set()
        self._witness.hold("worker-stays-up", told, f"{process.name} ends and was not told to")

    def _again(self, process: Process) -> None:
        """A supervisor starts what has ended by itself."""
        if process is self.process and process.alive:
            self.kill()
            self.start()

    async def stop(self) -> None:
        """In good order, or killed when it takes too long."""
        self._witness.say(self.process.name, "is told to stop")
        self._witness.standing.dropping.add(self.process.name)
        process = self.process
        self._loop.call_soon(self._stop.set, context=process.context)
        await asyncio.wait([self.serving], timeout=self._plan.drain_seconds)
        if process is self.process and process.alive:
            self.kill()

    def kill(self) -> None:
        """As with `kill -9`: from here on nothing of it runs."""
        self._witness.say(self.process.name, "is dead")
        self.process.alive = False
        # What was to strike it must not strike the next life, when what is left of this one comes due.
        self.process.fuse = 0
        self._harbour.forget(self.process)

    def freeze(self) -> None:
        """Its callbacks do not run until it is woken; then they do, with what they knew."""
        if self.process.alive and not self.process.frozen:
            self._witness.say(self.process.name, "freezes")
            self._witness.standing.shaken(self.process)
            self.process.frozen = True

    def wake(self, *, behind: float = 0.0) -> None:
        """`behind`: how long its machine was asleep with it."""
        if self.process.frozen:
            self._witness.say(self.process.name, "wakes")
            self._witness.standing.shaken(self.process)
            self.clock.behind += behind
            self._loop.thaw(self.process)

    def cut_wires(self) -> None:
        """Whatever is left of its lives reaches nothing."""
        for wire in self._wires:
            wire.cut = True

    # -- what is asked of it -------------------------------------------------------------------------------

    def _spawn(self, coroutine: Any) -> asyncio.Task[Any]:
        return self._loop.create_task(coroutine, context=self.process.context.copy())

    async def call(self, ask: Callable[[], Awaitable[T]], seconds: float = 20.0) -> T:
        """Let the node do something for an asker elsewhere, who waits so long. Down where no answer comes."""
        # Nobody listens at a real node either before its worker is ready: until then it has no number for its ids.
        if not self.process.alive or not self.ready.is_set():
            raise Down(self.name)

        async def asked() -> T:
            return await ask()

        task = self._spawn(asked())
        done, _ = await asyncio.wait([task], timeout=seconds)
        if not done:
            raise Down(self.name)
        return task.result()

    async def submit(self, type: OperationType[Any, Any], params: Any, key: Key | None = None) -> Operation:
        """Accept an operation, or find the one that the key began."""
        if key is None:
            return await self.desk.accept(self.database, type, params, by=BY)

        async def body(tx: Tx) -> Operation:
            found = await self.desk.earlier(tx, key)
            return found or await self.desk.submit(tx, type, params, by=BY, key=key)

        return await self.database.write(body)

    async def cancel(self, id: int) -> Operation:
        """Ask it to turn back."""

        async def record(tx: Tx, operation: Operation, detail: Detail) -> None:
            write = self._types[operation.type].record_failure
            if write is not None:
                await write(Unbegun(operation), tx, detail)

        async def body(tx: Tx) -> Operation:
            tx.after_commit(self.desk.call)
            return await cancel(tx, id, by=BY, reason="on second thoughts", clock=self.clock, record=record)

        return await self.database.write(body)
