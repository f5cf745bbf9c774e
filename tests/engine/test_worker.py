"""What a worker does when it starts, stops, dies, is taken for dead, or loses an answer."""

import asyncio
from typing import Any, cast

import pytest

from headway.clock import SystemClock
from headway.errors import Unavailable
from headway.model.operations import Phase
from headway.store import operations
from headway.store.database import Database, StorageFull
from headway.store.sheets import parsed
from tests.databases import Databases
from tests.engine.folding import check
from tests.engine.nodes import Node, ended, happens, lapse, queued, running
from tests.engine.plays import Stage, begun, history, row, told

SQL = parsed(
    "test",
    """
-- name: spoil
UPDATE operations SET params = '{"target": 7}' WHERE id = :id
""",
)


async def test_what_is_submitted_here_begins_here_at_once(database: Database) -> None:
    node = Node(database, Stage(), "a b")
    async with running(node):
        it = await node.submit("a b")
        after = await ended(database, it.id)
    assert (it.phase, it.owner, it.fence) == (Phase.RUNNING, 1, 1)
    assert told(node.stage, after) == "a:do b:do succeeded"
    assert [event.name for event in await history(database, it.id)][:2] == [
        "operation.queued",
        "operation.started",
    ]


async def test_what_was_queued_is_claimed_at_the_start(database: Database) -> None:
    it = await queued(database, "a")
    async with running(Node(database, Stage(), "a")):
        check(await ended(database, it.id), await history(database, it.id))


async def test_no_more_are_performed_than_there_is_room_for(database: Database) -> None:
    stage = Stage()
    node = Node(database, stage, "a:hold", "b", operations_max=1)
    async with running(node):
        await node.submit("a:hold")
        await stage.reached["a"].wait()
        waiting = await node.submit("b", "thing:2")
        assert waiting.phase is Phase.QUEUED
        stage.gates["a"].set()
        assert (await ended(database, waiting.id)).phase is Phase.SUCCEEDED


async def test_two_workers_never_claim_the_same(database: Database, databases: Databases) -> None:
    stage, other = Stage(), await databases.another()
    ids = [(await queued(database, "a:yield", f"thing:{n}")).id for n in range(40)]
    async with running(Node(database, stage, "a:yield"), Node(other, stage, "a:yield", name="two")):
        for id in ids:
            check(await ended(database, id), await history(database, id))
    assert stage.happened == ["a:do"] * 40


# -- stopping ------------------------------------------------------------------------------------------------


async def test_what_a_stop_interrupts_stays_running_and_goes_on_at_the_next_start(database: Database) -> None:
    stage = Stage()
    async with running(node := Node(database, stage, "a b:hold c")):
        it = await node.submit("a b:hold c")
        await stage.reached["b"].wait()
    assert (await row(database, it.id)).phase is Phase.RUNNING
    stage.gates["b"].set()
    async with running(Node(database, stage, "a b:hold c")):
        after = await ended(database, it.id)
    assert told(stage, after) == "a:do b:do b:stopped b:do c:do succeeded"
    check(after, await history(database, it.id))


@pytest.mark.parametrize("how", ["clumsy", "stubborn", "sorry"])
async def test_a_step_cannot_talk_a_node_out_of_stopping(database: Database, how: str) -> None:
    stage, script = Stage(), f"a:{how} b:hold"
    node = await Node(database, stage, script).start()
    it = await node.submit(script)
    await stage.reached["a"].wait()
    async with asyncio.timeout(20):
        await node.stop()
    assert stage.happened == ["a:do", "a:stopped"]
    assert (await row(database, it.id)).turning_back is False


@pytest.mark.parametrize("how", ["hold", "keep", "undo-hold"])
async def test_a_stop_is_obeyed_although_a_cancel_is_wanted(database: Database, how: str) -> None:
    stage, script = Stage(), f"a:{how} b:hold"
    node = Node(database, stage, script)
    await node.start()
    it = await node.submit(script)
    await stage.reached["a" if how == "keep" else "b" if how == "undo-hold" else "a"].wait()
    await node.cancel(it.id)
    if how == "undo-hold":
        await stage.reached["a:undo"].wait()
    else:
        await happens(database, it.id, "cancel_requested")
    async with asyncio.timeout(20):
        await node.stop()
    assert (await row(database, it.id)).phase is Phase.RUNNING


async def test_the_next_node_need_not_wait_for_the_lease_of_one_that_stopped(
    database: Database, databases: Databases
) -> None:
    stage = Stage()
    async with running(node := Node(database, stage, "a:hold")):
        it = await node.submit("a:hold")
        await stage.reached["a"].wait()
    stage.gates["a"].set()
    async with running(Node(await databases.another(), stage, "a:hold", name="two")), asyncio.timeout(20):
        after = await ended(database, it.id)
    assert told(stage, after) == "a:do a:stopped a:do succeeded"


async def test_what_is_accepted_while_it_stops_goes_on_at_the_next_start(database: Database) -> None:
    node = Node(database, Stage(), "a")
    await node.start()
    submitting = asyncio.ensure_future(node.submit("a"))
    node._stop.set()
    it = await submitting
    await node.stop()
    async with running(Node(database, node.stage, "a")):
        check(await ended(database, it.id), await history(database, it.id))


# -- dying ---------------------------------------------------------------------------------------------------


async def test_what_a_dead_node_performed_goes_on_when_it_is_back(database: Database) -> None:
    stage = Stage()
    node = await Node(database, stage, "a b:hold").start()
    it = await node.submit("a b:hold")
    await stage.reached["b"].wait()
    await node.die()
    stage.gates["b"].set()
    async with running(Node(database, stage, "a b:hold")), asyncio.timeout(20):
        after = await ended(database, it.id)
    assert after.fence == 2
    assert [note for note in stage.notes if note] == [{"a": 1}, {"a": 1}]
    check(after, await history(database, it.id))


async def test_another_node_takes_over_when_the_lease_is_over(
    database: Database, databases: Databases
) -> None:
    stage = Stage()
    node = await Node(database, stage, "a b:hold", lease_seconds=1).start()
    it = await node.submit("a b:hold")
    await stage.reached["b"].wait()
    await node.die()
    stage.gates["b"].set()
    async with running(Node(await databases.another(), stage, "a b:hold", name="two")), asyncio.timeout(20):
        after = await ended(database, it.id)
    (taken,) = [
        event.data for event in await history(database, it.id) if event.name == "operation.taken_over"
    ]
    assert taken == {"node": 2, "dead": 1, "fence": 2}
    check(after, await history(database, it.id))


async def test_one_that_is_taken_for_dead_drops_what_it_performs_and_comes_back(
    database: Database, databases: Databases
) -> None:
    stage, theirs = Stage(), Stage()
    node = Node(database, stage, "a:hold", "b", lease_seconds=3)
    other = Node(await databases.another(), theirs, "a:hold", name="two")
    async with running(node, other):
        it = await node.submit("a:hold")
        await stage.reached["a"].wait()
        await lapse(database, node)
        other.worker.look()
        await happens(database, it.id, "taken_over")
        theirs.gates["a"].set()
        assert (await ended(database, it.id)).phase is Phase.SUCCEEDED
        async with asyncio.timeout(20):
            while node.worker.room() is None or "a:stopped" not in stage.happened:
                await asyncio.sleep(0.01)
        again = await node.submit("b", "thing:2")
        assert (await ended(database, again.id)).phase is Phase.SUCCEEDED
    assert stage.happened == ["a:do", "a:stopped", "b:do"]
    assert theirs.happened == ["a:do"]


async def test_a_late_write_of_one_that_was_taken_for_dead_is_refused_and_audited(
    database: Database, databases: Databases
) -> None:
    stage, theirs = Stage(), Stage()
    node = Node(database, stage, "a:hold")
    other = Node(await databases.another(), theirs, "a:hold", name="two")
    async with running(node, other):
        it = await node.submit("a:hold")
        await stage.reached["a"].wait()
        await lapse(database, node)
        other.worker.look()
        await happens(database, it.id, "taken_over")
        theirs.gates["a"].set()
        after = await ended(database, it.id)
        stage.gates["a"].set()
        await happens(database, it.id, "write_refused")
    assert await row(database, it.id) == after
    check(after, await history(database, it.id))


async def test_a_refused_write_is_audited_although_the_node_lets_go_of_everything(database: Database) -> None:
    class Slow:
        """Reads wait for the gate once one of its writes was refused."""

        gate = asyncio.Event()
        refused = asyncio.Event()

        async def journal(self, entry: Any) -> Any:
            found = await database.journal(entry)
            if found is None:
                self.refused.set()
            return found

        async def read(self, body: Any) -> Any:
            if self.refused.is_set():
                await self.gate.wait()
            return await database.read(body)

        def __getattr__(self, name: str) -> Any:
            return getattr(database, name)

    stage, slow = Stage(), Slow()
    async with running(node := Node(cast(Any, slow), stage, "a:hold")):
        it = await node.submit("a:hold")
        await stage.reached["a"].wait()
        await database.write(lambda tx: operations.take_over(tx, 2, 1, it.created_at))
        stage.gates["a"].set()
        await slow.refused.wait()
        (run,) = node.worker._performing.values()
        while not run.refused:
            await asyncio.sleep(0)
        async with asyncio.TaskGroup() as group:
            group.create_task(node.worker._let_go())
            await asyncio.sleep(0)
            slow.gate.set()
    names = [event.name for event in await history(database, it.id)]
    assert names[-1] == "operation.write_refused"


async def test_one_task_that_was_stopped_before_it_began_is_begun_later(database: Database) -> None:
    node = Node(database, Stage(), "a")
    async with running(node):
        it = await begun(database, node.types["a"], owner=1, id=5)
        node.worker._begin(it)
        cast(Any, node.worker._performing[5].task).cancel()
        check(await ended(database, 5), await history(database, 5))


# -- lost answers and strangers ------------------------------------------------------------------------------


class Deaf:
    """A database whose answer to the next body is lost, though it was written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.lose: Exception | None = None

    async def write(self, body: Any) -> Any:
        answer = await self._database.write(body)
        if self.lose is not None and answer:
            lose, self.lose = self.lose, None
            raise lose
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


async def test_what_was_claimed_though_the_answer_was_lost_is_performed(database: Database) -> None:
    deaf: Any = Deaf(database)
    node = Node(deaf, Stage(), "a")
    async with running(node):
        deaf.lose = Unavailable("the line is dead")
        it = await queued(database, "a")
        node.worker.look()
        check(await ended(database, it.id), await history(database, it.id))


async def test_what_was_accepted_though_the_answer_was_lost_is_performed(database: Database) -> None:
    deaf: Any = Deaf(database)
    node = Node(deaf, Stage(), "a")
    async with running(node):
        deaf.lose = StorageFull("full")
        with pytest.raises(StorageFull):
            await node.submit("a")
        (it,) = await database.read(operations.newest)
        check(await ended(database, it.id), await history(database, it.id))


class Failing(Deaf):
    """A database that fails in a way that nobody foresaw, once for each statement that is named."""

    def __init__(self, database: Database, *statements: str) -> None:
        super().__init__(database)
        self._statements = list(statements)

    async def journal(self, entry: Any) -> Any:
        if entry.query.name in self._statements:
            self._statements.remove(entry.query.name)
            raise OSError("nobody foresaw this")
        return await self._database.journal(entry)


async def test_notes_and_log_survive_an_error_that_nobody_foresaw(database: Database) -> None:
    failing: Any = Failing(database, "operations.turn_back", "operations.say", "operations.say")
    stage, script = Stage(), "a:say b:fail"
    node = Node(failing, stage, script)
    async with running(node):
        after = await ended(database, (await node.submit(script)).id)
    lines = await database.read(lambda tx: operations.log_after(tx, after.id))
    assert after.detail
    assert (after.phase, after.detail.code) == (Phase.FAILED, "broken")
    assert [line.n for line in lines] == list(range(1, len(lines) + 1))
    assert {"a": stage.happened.count("a:do")} == stage.notes[-1]


class HandClock(SystemClock):
    """Its time passes when somebody says so, though who sleeps is woken."""

    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


async def looks(node: Node, times: int = 1) -> None:
    """Let the node look, so many times."""
    for _ in range(times):
        async with node.worker._looking:
            await node.worker._look()


async def test_what_cannot_be_written_down_is_taken_up_again_after_a_pause_and_not_at_once(
    database: Database,
) -> None:
    failing: Any = Failing(database, *["operations.step_done"] * 2)
    clock, stage, script = HandClock(), Stage(), "a b"
    node = Node(failing, stage, script, clock=clock, operations_max=1)
    async with running(node):
        it = await node.submit(script)
        for fence, pause in ((1, 1.0), (2, 2.0)):
            while node.worker._performing:
                await asyncio.sleep(0.001)
            await looks(node, 20)
            assert (await row(database, it.id)).fence == fence
            assert stage.happened == ["a:do"] * fence
            clock.seconds += pause
            await looks(node)
        after = await ended(database, it.id)
    assert (after.phase, after.fence) == (Phase.SUCCEEDED, 3)
    check(after, await history(database, it.id))


async def test_an_answer_that_comes_after_its_seat_is_over_begins_nothing(database: Database) -> None:
    clock, stage = HandClock(), Stage()
    node = Node(database, stage, "a", clock=clock, lease_seconds=1000)
    async with running(node):
        seat = node.worker.room()
        assert seat is not None
        it = await begun(database, node.types["a"], owner=1, id=5)
        clock.seconds = seat.until
        node.worker.begin(it, seat)
        assert not node.worker._performing
        await looks(node)
        clock.seconds += 1
        await looks(node)
        assert (await ended(database, 5)).fence == 2
    assert stage.happened == ["a:do"]


async def test_an_answer_that_comes_after_a_look_has_performed_it_begins_nothing(database: Database) -> None:
    clock, stage = HandClock(), Stage()
    node = Node(database, stage, "a", clock=clock)
    async with running(node):
        seat = node.worker.room()
        assert seat is not None
        it = await begun(database, node.types["a"], owner=1, id=5)
        await looks(node)
        clock.seconds += 1
        await looks(node)
        await ended(database, 5)
        while node.worker._performing:
            await asyncio.sleep(0.001)
        node.worker.begin(it, seat)
        assert not node.worker._performing
    assert stage.happened == ["a:do"]


async def test_what_a_dead_process_still_sends_does_not_take_from_the_next_one_under_its_name(
    database: Database,
) -> None:
    clock, stage = HandClock(), Stage()
    async with running(node := Node(database, stage, "a:hold", "b", clock=clock)):
        held = await node.submit("a:hold")
        await stage.reached["a"].wait()
        await begun(database, node.types["b"], owner=1, id=5, target="thing:2")
        node.worker._lease.epoch -= 1
        await node.worker._resume()
        await looks(node)
        clock.seconds += 1
        await looks(node)
        assert [(await row(database, id)).fence for id in (held.id, 5)] == [1, 1]
        node.worker._lease.epoch += 1
        clock.seconds += 2
        await looks(node)
        assert (await ended(database, 5)).fence == 2
        stage.gates["a"].set()
        assert (await ended(database, held.id)).fence == 1


async def test_an_operation_that_is_not_understood_harms_no_other(database: Database) -> None:
    strange = await queued(database, "from:the future", "thing:2")
    params = await queued(database, "a", "thing:3")
    await database.write(lambda tx: tx.run(SQL["spoil"], id=params.id))
    node = Node(database, Stage(), "a")
    async with running(node):
        for id in (strange.id, params.id):
            await happens(database, id, "started")
        assert (await ended(database, (await node.submit("a")).id)).phase is Phase.SUCCEEDED
    for id in (strange.id, params.id):
        assert (await row(database, id)).phase is Phase.RUNNING


async def test_a_lease_that_was_renewed_late_lets_the_work_go_on(database: Database) -> None:
    stage = Stage()
    node = Node(database, stage, "a b", lease_seconds=30)
    async with running(node):
        until, node.worker._lease._until = node.worker._lease._until, 0.0
        it = await begun(database, node.types["a b"], owner=1, id=5)
        node.worker._begin(it)
        while node.worker._performing:
            await asyncio.sleep(0.001)
        assert stage.happened == []
        node.worker._lease._until = until
        node.worker.look()
        check(await ended(database, 5), await history(database, 5))
