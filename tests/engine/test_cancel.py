"""Cancelling: asked once, obeyed where it may be, and said only when nothing runs any more."""

import asyncio

import pytest

from headway.clock import SystemClock
from headway.engine.cancel import cancel
from headway.errors import Conflict, NotFound
from headway.model.operations import Phase
from headway.store.database import Database
from tests.engine.folding import check
from tests.engine.nodes import Node, ended, happens, queued, running
from tests.engine.plays import BY, Stage, history, row, told


async def test_what_nobody_has_begun_is_cancelled_at_once(database: Database) -> None:
    id = (await queued(database, "a")).id
    it = await database.write(lambda tx: cancel(tx, id, by=BY, reason="", clock=SystemClock()))
    assert it.phase is Phase.CANCELLED
    check(it, await history(database, id))
    again = await queued(database, "a")
    assert again.id != id, "the target is free again"


@pytest.mark.parametrize(
    ("script", "story"),
    [
        ("a b:hold c", "a:do b:do b:stopped b:undo a:undo cancelled cancelled"),
        ("a b:clumsy c", "a:do b:do b:stopped b:undo a:undo cancelled cancelled"),
        ("a b:sorry c", "a:do b:do b:stopped b:undo a:undo cancelled cancelled"),
        ("a b:stubborn c", "a:do b:do b:stopped b:undo a:undo cancelled cancelled"),
    ],
)
async def test_a_step_that_runs_is_stopped_and_all_is_taken_back(
    database: Database, script: str, story: str
) -> None:
    stage = Stage()
    async with running(node := Node(database, stage, script)):
        it = await node.submit(script)
        await stage.reached["b"].wait()
        asked = await node.cancel(it.id, "changed my mind")
        assert asked.phase is Phase.RUNNING
        after = await ended(database, it.id)
    if "stubborn" in script:
        story = "a:do b:do b:stopped c:undo b:undo a:undo cancelled cancelled"
    assert told(stage, after) == story
    assert after.detail
    assert after.detail.text == "operation cancelled: changed my mind"
    check(after, await history(database, it.id))


async def test_it_is_not_called_cancelled_while_anything_of_it_runs(database: Database) -> None:
    stage, script = Stage(), "a:undo-hold b:hold"
    async with running(node := Node(database, stage, script)):
        it = await node.submit(script)
        await stage.reached["b"].wait()
        await node.cancel(it.id)
        await stage.reached["a:undo"].wait()
        assert (await row(database, it.id)).phase is Phase.RUNNING
        stage.gates["a:undo"].set()
        assert (await ended(database, it.id)).phase is Phase.CANCELLED


async def test_a_step_that_may_not_be_stopped_is_waited_for(database: Database) -> None:
    stage, script = Stage(), "a:keep b"
    async with running(node := Node(database, stage, script)):
        it = await node.submit(script)
        await stage.reached["a"].wait()
        await node.cancel(it.id)
        while not node.worker._performing[it.id].cancel_wanted:
            await asyncio.sleep(0.005)
        assert (await row(database, it.id)).phase is Phase.RUNNING
        stage.gates["a"].set()
        after = await ended(database, it.id)
    assert told(stage, after) == "a:do b:undo a:undo cancelled cancelled"


@pytest.mark.parametrize("script", ["a:keep", "a:stubborn"])
async def test_success_may_win(database: Database, script: str) -> None:
    stage = Stage()
    async with running(node := Node(database, stage, script)):
        it = await node.submit(script)
        await stage.reached["a"].wait()
        await node.cancel(it.id)
        if script == "a:keep":
            stage.gates["a"].set()
        after = await ended(database, it.id)
    assert (after.phase, after.detail) == (Phase.SUCCEEDED, None)
    assert after.cancel_requested_at is not None
    check(after, await history(database, it.id))


async def test_a_pause_between_attempts_is_cut_short(database: Database) -> None:
    stage, script = Stage(), "a:raise"
    async with running(node := Node(database, stage, script)):
        it = await node.submit(script)
        await happens(database, it.id, "step_again")
        await node.cancel(it.id)
        after = await ended(database, it.id)
    assert after.phase is Phase.CANCELLED
    assert stage.happened.count("a:do") < 3


async def test_asking_twice_is_asking_once(database: Database) -> None:
    stage = Stage()
    async with running(node := Node(database, stage, "a:hold")):
        it = await node.submit("a:hold")
        await stage.reached["a"].wait()
        await asyncio.gather(*(node.cancel(it.id, reason) for reason in ("first", "second", "third")))
        await ended(database, it.id)
        again = await node.cancel(it.id, "fourth")
    assert again.phase is Phase.CANCELLED
    names = [event.name for event in await history(database, it.id)]
    assert names.count("operation.cancel_requested") == 1
    assert again.cancel_reason == "first"


async def test_what_has_ended_otherwise_cannot_be_cancelled(database: Database) -> None:
    async with running(node := Node(database, Stage(), "a")):
        it = await ended(database, (await node.submit("a")).id)
        with pytest.raises(Conflict):
            await node.cancel(it.id)
        with pytest.raises(NotFound):
            await node.cancel(12345)
    assert await row(database, it.id) == it


async def test_the_wish_is_known_after_a_crash(database: Database) -> None:
    stage, script = Stage(), "a b:keep c"
    node = await Node(database, stage, script).start()
    it = await node.submit(script)
    await stage.reached["b"].wait()
    await node.cancel(it.id)
    await node.die()
    stage.gates["b"].set()
    async with running(Node(database, stage, script)):
        after = await ended(database, it.id)
    assert told(stage, after) == "a:do b:do b:stopped b:undo a:undo cancelled cancelled"
    check(after, await history(database, it.id))


async def test_after_the_wish_no_attempt_is_begun(database: Database) -> None:
    stage, script = Stage(), "a:keep b:say"
    async with running(node := Node(database, stage, script)):
        it = await node.submit(script)
        await stage.reached["a"].wait()
        await node.cancel(it.id)
        stage.gates["a"].set()
        await ended(database, it.id)
    assert "b:do" not in stage.happened
