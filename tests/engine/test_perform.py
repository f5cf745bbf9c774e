"""Stories: what is asked of each step, and what then happens."""

import asyncio
from typing import Any, cast

import pytest

from headway.clock import SystemClock
from headway.engine.declare import Again
from headway.engine.perform import CLAIMS_MAX, Performer
from headway.engine.run import Live
from headway.errors import Fenced, Unavailable
from headway.model.operations import Operation, Phase
from headway.store import operations
from headway.store.database import Database, Entry, StorageFull
from tests.engine.folding import check
from tests.engine.plays import QuickClock, Stage, begun, history, perform, play, row, told

STORIES = {
    # all is well
    "a": "a:do succeeded",
    "a b c": "a:do b:do c:do succeeded",
    "a:no-undo b": "a:do b:do succeeded",
    # a step that cannot be done is taken back with all before it
    "a b c:fail": "a:do b:do c:do c:undo b:undo a:undo failed broken",
    "a:fail b": "a:do a:undo failed broken",
    "a b:crowd-fail": "a:do b:do b:undo a:undo failed broken",
    "a:no-undo b:fail": "a:do b:do b:undo failed broken",
    "a:no-undo b c:fail": "a:do b:do c:do c:undo b:undo failed broken",
    # a step that cannot be done now is tried again
    "a b:retry c": "a:do b:do b:do c:do succeeded",
    "a b:late c": "a:do b:do b:do c:do succeeded",
    "a b:raise c": "a:do b:do b:do b:do b:undo a:undo failed attempts-exhausted",
    "a b:retry c:fail": "a:do b:do b:do c:do c:undo b:undo a:undo failed broken",
    # a step has a deadline
    "a b:slow": "a:do b:do b:undo a:undo failed timeout-error",
    # an undo is tried again, and what cannot be undone is told
    "a:undo-retry b:fail": "a:do b:do b:undo a:undo a:undo failed broken",
    "a b:undo-fail c:fail": "a:do b:do c:do c:undo b:undo failed undo-failed",
    "a b:undo-raise c:fail": "a:do b:do c:do c:undo b:undo b:undo b:undo failed undo-failed",
    # the rows are refused
    "a b record:refused": "a:do b:do b:undo a:undo failed record-refused",
}


@pytest.mark.parametrize("script", STORIES)
async def test_the_story_goes_as_told(database: Database, script: str) -> None:
    stage, type = Stage(), play(script)
    operation = await perform(database, type, stage, await begun(database, type))
    assert told(stage, operation) == STORIES[script]
    check(operation, await history(database, operation.id))


async def test_rows_are_written_once_when_it_succeeds(database: Database) -> None:
    stage, type = Stage(), play("a:retry b record:yes failure:yes")
    await perform(database, type, stage, await begun(database, type))
    assert stage.recorded == ["record"]


async def test_a_failure_is_recorded_once_when_it_has_been_taken_back(database: Database) -> None:
    stage, type = Stage(), play("a b:fail record:yes failure:yes")
    await perform(database, type, stage, await begun(database, type))
    assert stage.recorded == ["failure broken"]


async def test_rows_that_are_refused_are_recorded_as_a_failure(database: Database) -> None:
    stage, type = Stage(), play("a record:refused failure:yes")
    operation = await perform(database, type, stage, await begun(database, type))
    assert stage.recorded == ["record", "failure record-refused"]
    assert operation.detail
    assert operation.detail.text == "somebody was quicker"


async def test_pauses_between_attempts_double(database: Database) -> None:
    stage, type, clock = Stage(), play("a:raise"), QuickClock()
    await perform(database, type, stage, await begun(database, type), clock)
    assert clock.slept == [0.2, 0.4]
    told_again = [event.data for event in await history(database, 77) if event.name == "operation.step_again"]
    assert [(it["attempt"], it["pause"]) for it in told_again] == [(1, 0.2), (2, 0.4)]


def test_a_pause_has_a_limit() -> None:
    again = Again(attempts_max=1000)
    assert min(again.first_seconds * 2**500, again.pause_seconds_max) == 30


async def test_the_outcome_names_the_step_and_the_reason(database: Database) -> None:
    type = play("a b:undo-fail c:fail")
    operation = await perform(database, type, Stage(), await begun(database, type))
    assert operation.detail
    assert operation.detail.text == "c is broken; and it could not be taken back: b: b is stuck"


async def test_what_an_undo_said_before_it_failed_is_kept(database: Database) -> None:
    type = play("a:undo-fail b:fail")
    operation = await perform(database, type, Stage(), await begun(database, type), SystemClock())
    lines = await database.read(lambda tx: operations.log_after(tx, operation.id))
    assert [line.text for line in lines] == ["it is stuck\n"]


async def test_each_step_finds_the_notes_of_those_before_it(database: Database) -> None:
    stage, type = Stage(), play("a b:retry c")
    await perform(database, type, stage, await begun(database, type))
    assert stage.notes == [{}, {"a": 1}, {"a": 1}, {"a": 1, "b": 2}]


async def test_notes_and_log_are_remembered_by_the_next_holder(database: Database) -> None:
    type, before = play("a:say b:say c:say"), Stage()
    operation = await begun(database, type)
    await _until_step_done(database, type, before, operation)
    (taken,) = await database.write(lambda tx: operations.take_over(tx, 2, 1, SystemClock().now()))
    after = Stage()
    await perform(database, type, after, taken)
    assert told(after, await row(database, operation.id)) == "b:do c:do succeeded"
    assert after.notes == [{"a": 1}, {"a": 1, "b": 1}]
    lines = await database.read(lambda tx: operations.log_after(tx, operation.id))
    assert [(line.n, line.text) for line in lines] == [
        (n, f"{s} says 1\n") for n, s in ((1, "a"), (2, "b"), (3, "c"))
    ]


class Ending(BaseException):
    """The test ends this performer here."""


async def _until_step_done(database: Database, type: Any, stage: Stage, operation: Operation) -> None:
    """Perform until the first step is written down, and no further."""

    def held() -> bool:
        if stage.happened:
            raise Ending
        return True

    run = Live(stage, type, operation, database=database, clock=QuickClock(), soon=lambda _: None)
    with pytest.raises(Ending):
        await Performer(database, QuickClock(), held).perform(run)


async def test_one_that_was_claimed_too_often_is_taken_back(database: Database) -> None:
    stage, type = Stage(), play("a b")
    operation = await begun(database, type, fence=CLAIMS_MAX + 1)
    assert told(stage, await perform(database, type, stage, operation)) == "a:undo failed claimed-too-often"


async def test_what_a_step_says_is_on_disk_with_the_step_and_costs_no_commit(database: Database) -> None:
    class Counting(Forgetful):
        writes = 0

        def _answered(self, answer: Any) -> Any:
            self.writes += 1
            return answer

    stage, type, clock = Stage(), play("a:say b:say c:say"), SystemClock()
    operation, counting = await begun(database, type), cast(Any, Counting(database, 0, Unavailable("never")))
    run = Live(stage, type, operation, database=counting, clock=clock, soon=lambda _: None)
    await Performer(counting, clock, lambda: True).perform(run)
    assert counting.writes == 3
    lines = await database.read(lambda tx: operations.log_after(tx, 77))
    assert [line.text for line in lines] == ["a says 1\n", "b says 1\n", "c says 1\n"]


# -- fences and lost answers ---------------------------------------------------------------------------------


async def test_a_stale_holder_does_nothing_more(database: Database) -> None:
    stage, type = Stage(), play("a:hold b")
    operation = await begun(database, type)
    async with asyncio.TaskGroup() as group:
        performing = group.create_task(_fenced(perform(database, type, stage, operation)))
        await stage.reached["a"].wait()
        await database.write(lambda tx: operations.take_over(tx, 2, 1, SystemClock().now()))
        stage.gates["a"].set()
        assert await performing == "operations.step_done"
    assert stage.happened == ["a:do"]


async def test_a_stale_holder_does_not_undo(database: Database) -> None:
    stage, type = Stage(), play("a:fail")
    operation = await begun(database, type)
    await database.write(lambda tx: operations.take_over(tx, 2, 1, SystemClock().now()))
    assert await _fenced(perform(database, type, stage, operation)) == "operations.turn_back"
    assert stage.happened == ["a:do"]


async def _fenced(performing: Any) -> str:
    try:
        await performing
    except BaseExceptionGroup as group:
        (fenced,) = group.exceptions
        assert isinstance(fenced, Fenced)
        return str(fenced)
    raise AssertionError("it was not refused")


class Forgetful:
    """A database whose answer to the n-th write is lost, though it was written; `lose` tells with what."""

    def __init__(self, database: Database, nth: int, lose: Exception) -> None:
        self._database = database
        self._nth = nth
        self._lose = lose
        self.name = database.name
        self.read = database.read

    async def journal(self, entry: Entry) -> Any:
        return self._answered(await self._database.journal(entry))

    async def write(self, body: Any) -> Any:
        return self._answered(await self._database.write(body))

    def _answered(self, answer: Any) -> Any:
        self._nth -= 1
        if self._nth == 0:
            raise self._lose
        return answer


@pytest.mark.parametrize(
    ("script", "story"),
    [
        ("a:say b:retry c", "a:do b:do b:do c:do succeeded"),
        ("a:say b c:fail", "a:do b:do c:do c:undo b:undo a:undo failed broken"),
        ("a:say b record:yes", "a:do b:do succeeded"),
        ("a:undo-retry b:fail failure:yes", "a:do b:do b:undo a:undo a:undo failed broken"),
    ],
)
async def test_a_lost_answer_does_nothing_twice(database: Database, script: str, story: str) -> None:
    for nth in range(1, 9):
        stage, type = Stage(), play(script)
        operation = await begun(database, type, id=nth)
        far: Any = Forgetful(database, nth, Unavailable("the line is dead"))
        after = await perform(far, type, stage, operation)
        assert told(stage, after) == story
        check(after, await history(database, operation.id))
        lines = await database.read(lambda tx, nth=nth: operations.log_after(tx, nth))
        assert [line.text for line in lines] == (["a says 1\n"] if "say" in script else [])
        assert len(stage.recorded) == (":yes" in script)


@pytest.mark.parametrize("trouble", [Unavailable("away"), StorageFull("full")])
async def test_a_database_that_is_away_is_waited_for(database: Database, trouble: Exception) -> None:
    class Away(Forgetful):
        async def journal(self, entry: Entry) -> Any:
            self._nth -= 1
            if self._nth > 0:
                raise trouble
            return await self._database.journal(entry)

    stage, type, clock = Stage(), play("a b"), QuickClock()
    away: Any = Away(database, 20, trouble)
    after = await perform(away, type, stage, await begun(database, type), clock)
    assert told(stage, after) == "a:do b:do succeeded"
    assert clock.slept == [0.5] * 19


async def test_a_finished_operation_stays_as_it_is(database: Database) -> None:
    type = play("a")
    operation = await begun(database, type)
    after = await perform(database, type, Stage(), operation)
    late = operations.finished(operation, after.updated_at + 1, Phase.FAILED, None)
    assert await database.journal(late) is None
    assert await row(database, operation.id) == after
