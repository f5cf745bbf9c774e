"""Whatever happens, in whatever order: rows are the fold of their events, targets are held once, outcomes stay.

Random moves: submits, cancels, gates that open, nodes that die, come back, stop, or are taken for dead while they
work. At the end everything is let through, and every operation must have ended as its script allows.
"""

import asyncio
import itertools
from typing import Any

import hypothesis
from hypothesis import strategies as st

from headway.errors import Conflict
from headway.model.operations import Operation, Phase
from headway.store import events, operations
from headway.store.database import Database
from headway.store.sheets import parsed
from tests.databases import Databases
from tests.engine.folding import by_operation, check, check_all
from tests.engine.nodes import CATCH_UP_SECONDS, Node, lapse
from tests.engine.plays import Stage, row

EXAMPLES_MAX = 12
SCRIPTS = (
    "a b:yield",
    "a:hold b",
    "a:yield b:hold c:fail",
    "a:retry b:keep",
    "a b:stubborn c:yield",
    "a:undo-retry b:hold c:raise",
    "a:undo-fail b:hold c:fail",
    "a:say b:hold record:refused",
    "a:yield b:clumsy record:yes",
)
OUTCOMES = {
    script: {
        Phase.CANCELLED,
        Phase.SUCCEEDED if not any(it in script for it in ("fail", "raise", "refused")) else Phase.FAILED,
    }
    for script in SCRIPTS
} | {"a:undo-fail b:hold c:fail": {Phase.FAILED}}
TARGETS = 3
NAMES = ("one", "two")
BATCHES = itertools.count()
SQL = parsed(
    "test",
    """
-- name: lapse
UPDATE nodes SET lease_until = 0 WHERE id = :id
""",
)

which = st.integers(0, 5)
nodes = st.sampled_from(NAMES)
moves = st.lists(
    st.one_of(
        st.tuples(st.just("submit"), nodes, st.sampled_from(SCRIPTS), st.integers(1, TARGETS)),
        st.tuples(st.just("cancel"), nodes, which),
        st.tuples(st.just("open"), st.sampled_from("abc")),
        st.tuples(st.just("die"), nodes),
        st.tuples(st.just("stop"), nodes),
        st.tuples(st.just("lapse"), nodes),
        st.tuples(st.just("pass"), st.integers(1, 10)),
    ),
    min_size=4,
    max_size=25,
)


class Platform:
    """Two nodes over one database, and what is known of their operations."""

    def __init__(self, batch: int, first: Database, second: Database) -> None:
        self.batch = batch
        self.databases = dict(zip(NAMES, (first, second), strict=True))
        self.stage = Stage()
        self.nodes: dict[str, Node] = {}
        self.scripts: dict[int, str] = {}
        self.seen: dict[int, Operation] = {}

    async def node(self, name: str) -> Node:
        """The node, running."""
        if name not in self.nodes:
            node = Node(
                self.databases[name], self.stage, *SCRIPTS, name=f"{name}-{self.batch}", operations_max=3
            )
            self.nodes[name] = await node.start()
        return self.nodes[name]

    async def move(self, kind: str, *given: Any) -> None:
        """Carry out one move."""
        await getattr(self, f"_{kind}")(*given)
        await self.look()

    async def look(self) -> None:
        """No phase goes back, and what has ended stays as it is."""
        for id in self.scripts:
            now, before = await row(self.databases["one"], id), self.seen.get(id)
            if before is not None:
                assert now.phase >= before.phase
                assert not before.phase.terminal or now == before
                assert now.fence >= before.fence
            self.seen[id] = now

    async def _submit(self, name: str, script: str, target: int) -> None:
        node = await self.node(name)
        try:
            it = await node.submit(script, f"thing:{self.batch}-{target}")
        except Conflict:
            return
        self.scripts[it.id] = script

    async def _cancel(self, name: str, which: int) -> None:
        ids = sorted(self.scripts)
        if ids:
            try:
                await (await self.node(name)).cancel(ids[which % len(ids)])
            except Conflict:
                return

    async def _open(self, gate: str) -> None:
        self.stage.gates[gate].set()

    async def _die(self, name: str) -> None:
        if name in self.nodes:
            await self.nodes.pop(name).die()

    async def _stop(self, name: str) -> None:
        if name in self.nodes:
            await self.nodes.pop(name).stop()

    async def _lapse(self, name: str) -> None:
        if name in self.nodes:
            await lapse(self.databases[name], self.nodes[name])
            self._wake()

    async def _pass(self, milliseconds: int) -> None:
        await asyncio.sleep(milliseconds / 1000)

    def _wake(self) -> None:
        for node in self.nodes.values():
            node.worker.look()

    async def finish(self) -> None:
        """Let everything through, and wait until all has ended."""
        for gate in "abc":
            self.stage.gates[gate].set()
        for name in NAMES:
            await self._stop(name) if name == "two" else await self._die(name)
        await self.node("one")
        async with asyncio.timeout(CATCH_UP_SECONDS):
            while not all(it.phase.terminal for it in self.seen.values()):
                await asyncio.sleep(0.01)
                self._wake()
                await self._lapse_dead()
                await self.look()
        await self._stop("one")

    async def _lapse_dead(self) -> None:
        """Nobody waits half a minute for the lease of `two`, which may have died."""
        database = self.databases["one"]
        ids = [it.owner for it in self.seen.values() if it.owner is not None]
        mine = self.nodes["one"].worker._lease.node
        for other in {it for it in ids if it != mine}:
            await database.write(lambda tx, other=other: tx.run(SQL["lapse"], id=other))


@hypothesis.settings(
    max_examples=EXAMPLES_MAX,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
    print_blob=True,
)
@hypothesis.given(moves=moves)
async def test_the_promises_hold_whatever_happens(
    moves: list[tuple[Any, ...]], database: Database, databases: Databases
) -> None:
    second = await databases.another()
    platform = Platform(next(BATCHES), database, second)
    try:
        for move in moves:
            await platform.move(*move)
        await platform.finish()
    finally:
        for name in NAMES:
            await platform._die(name)
        await second.close()
    known = by_operation(await database.read(lambda tx: events.after(tx, 0, 100_000)))
    for id, script in platform.scripts.items():
        check(platform.seen[id], known[id])
        assert platform.seen[id].phase in OUTCOMES[script], script
    every = await database.read(lambda tx: operations.newest(tx, count=10_000))
    assert {it.id for it in every} >= set(platform.scripts)
    check_all(await database.read(lambda tx: events.after(tx, 0, 100_000)), {it.id for it in every})
