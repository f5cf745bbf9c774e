"""Those who ask: they submit, with keys and twice, cancel, and follow, at whatever node answers.

An asker lives outside every node. Where no answer comes it asks again, with the same key, elsewhere.
"""

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import Any, TypeVar

from headway.clock import Clock
from headway.engine.declare import OperationType
from headway.engine.submit import Key
from headway.errors import Busy, Conflict, KeyReused, NotFound, Refusal, Unavailable
from headway.ids import show
from headway.model.operations import Event, Operation
from headway.store import operations
from headway.store.database import StorageFull
from headway.testing.simulation.history import ENDS
from headway.testing.simulation.nodes import Down, Node
from headway.testing.simulation.witness import Witness

T = TypeVar("T")
TRIES_MAX = 60
AWAY = (Down, Unavailable, StorageFull, OSError)
"""After these it is not known whether it was done."""


class Asker:
    """One of them: one wish, one key."""

    def __init__(
        self, number: int, random: Random, nodes: Sequence[Node], clock: Clock, witness: Witness
    ) -> None:
        self._name = f"asker {number}"
        self._key = f"key-{number}"
        self._random = random
        self._nodes = nodes
        self._clock = clock
        self._witness = witness

    async def wish(self, type: OperationType[Any, Any], params: Any, *, cancels: bool, twice: bool) -> None:
        """One operation, from asking to its end."""
        key = Key(scope="1", value=self._key, fingerprint=f"{type.name} {params}")
        it = await self._submitted(type, params, key if twice or self._random.random() < 0.5 else None)
        if it is None:
            return
        self._say(f"has {show(it.id)} {it.type} on {it.target}")
        self._witness.hold("accepted-is-kept", it.id in self._witness.told, f"{show(it.id)} was answered")
        if twice:
            await self._ask_again(type, params, key, it)
        if cancels:
            await self._clock.sleep(self._random.expovariate(0.5))
            await self._cancelled(it.id)
        await self._follow(it.id)

    def _say(self, what: str) -> None:
        self._witness.say(self._name, what)

    async def _insist(self, ask: Callable[[Node], Awaitable[T]]) -> T | None:
        for _ in range(TRIES_MAX):
            node = self._random.choice(self._nodes)
            try:
                return await node.call(lambda node=node: ask(node))
            except AWAY:
                await self._clock.sleep(self._random.uniform(0.1, 2))
        return None

    async def _submitted(
        self, type: OperationType[Any, Any], params: Any, key: Key | None
    ) -> Operation | None:
        for _ in range(TRIES_MAX):
            try:
                return await self._insist(lambda node: node.submit(type, params, key))
            except Busy as busy:
                held = self._witness.told.get(busy.holder)
                self._witness.hold("one-holder", held is not None and held.target == busy.target)
                await self._clock.sleep(self._random.uniform(0.5, 3))
            except Conflict:
                await self._clock.sleep(0.5)
        return None

    async def _ask_again(self, type: OperationType[Any, Any], params: Any, key: Key, it: Operation) -> None:
        """The same request, and then another one with the same key."""
        try:
            again = await self._insist(lambda node: node.submit(type, params, key))
        except Refusal as refusal:
            gone = self._witness.gone(it.id)
            self._witness.hold("key-means-one", gone, f"the same request again: {refusal}")
            return
        if again is None or self._witness.gone(it.id):
            return
        self._witness.hold("key-means-one", again.id == it.id, f"{show(it.id)} and {show(again.id)}")
        other = Key(scope=key.scope, value=key.value, fingerprint="something else")
        try:
            wrong = await self._insist(lambda node: node.submit(type, params, other))
        except KeyReused:
            return
        except Refusal:
            wrong = it
        gone = wrong is None or self._witness.gone(it.id)
        self._witness.hold("key-means-one", gone, "another request with the same key was accepted")

    async def _cancelled(self, id: int) -> None:
        self._say(f"cancels {show(id)}")
        try:
            await self._insist(lambda node: node.cancel(id))
        except Conflict:
            pass
        except NotFound:
            self._witness.hold("accepted-is-kept", self._witness.gone(id), f"{show(id)} is not found")

    async def _follow(self, id: int) -> None:
        """Read every event until the last, from where one stopped reading when a node went down."""
        read: list[Event] = []
        for _ in range(TRIES_MAX * 5):
            node = self._random.choice(self._nodes)
            with contextlib.suppress(*AWAY):
                await node.call(lambda node=node: _followed(node, id, read), seconds=15)
            if any(event.name in ENDS for event in read) or self._witness.gone(id):
                break
            await self._clock.sleep(0.5)
        self._check(id, read)

    def _check(self, id: int, read: list[Event]) -> None:
        if self._witness.gone(id):
            return
        seqs = [event.seq for event in read]
        self._witness.hold("followers-miss-nothing", seqs == sorted(set(seqs)), f"{seqs}")
        wanted = self._witness.seqs(id, seqs[-1] if seqs else 0)
        self._witness.hold("followers-miss-nothing", seqs == wanted, f"read {seqs}, there were {wanted}")


async def _followed(node: Node, id: int, read: list[Event]) -> None:
    if await node.database.read(lambda tx: operations.get(tx, id)) is None:
        return
    after = read[-1].seq if read else 0
    async for page in node.feed.follow(after, id):
        # Two who read for one asker, because the first was frozen: the first to come counts.
        read += [event for event in page if not read or event.seq > read[-1].seq]
        if any(event.name in ENDS for event in page):
            return
