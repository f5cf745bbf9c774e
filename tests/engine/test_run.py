"""What a step says is durable, in order and once; progress only rises."""

import asyncio
import contextlib
from typing import Any

import msgspec
import pytest

from headway.clock import SystemClock
from headway.engine.run import PIECE_MAX, Live
from headway.errors import Fenced, Unavailable
from headway.store import operations
from headway.store.database import Database
from tests.engine.plays import Stage, begun, history, play, row


async def live(
    database: Database, script: str, soon: Any = lambda _: None, **changes: Any
) -> Live[Any, Stage]:
    type = play(script)
    operation = await begun(database, type, **changes)
    return Live(Stage(), type, operation, database=database, clock=SystemClock(), soon=soon)


async def texts(database: Database) -> list[tuple[int, str]]:
    return [(it.n, it.text) for it in await database.read(lambda tx: operations.log_after(tx, 77))]


async def test_what_is_said_is_written_down_together(database: Database) -> None:
    run = await live(database, "a")
    run.say("one")
    run.say("two\n")
    await run.write_down()
    assert await texts(database) == [(1, "one\ntwo\n")]


async def test_much_is_kept_in_pieces_that_are_the_whole(database: Database) -> None:
    text = "".join(f"line {n} ü\n" for n in range(20_000))
    run = await live(database, "a")
    for _ in range(2):
        run.say(text)
    await asyncio.gather(run.flush(), run.flush())
    run.say("last")
    await run.flush()
    found = await texts(database)
    assert [n for n, _ in found] == list(range(1, len(found) + 1))
    assert all(len(piece) <= PIECE_MAX for _, piece in found)
    assert "".join(piece for _, piece in found) == text + text + "last\n"


async def test_a_nul_harms_nothing(database: Database) -> None:
    run = await live(database, "a")
    run.say("a\0b")
    await run.write_down()
    assert await texts(database) == [(1, "ab\n")]


async def test_nothing_is_lost_or_doubled_when_the_database_goes_away_and_comes_back(
    database: Database,
) -> None:
    class Flaky:
        def __init__(self) -> None:
            self.asked = 0

        async def journal(self, entry: Any) -> Any:
            self.asked += 1
            if self.asked % 3 == 0:
                raise Unavailable("away")
            answer = await database.journal(entry)
            if self.asked % 3 == 1:
                raise Unavailable("the answer is lost")
            return answer

    run = await live(database, "a")
    run._database = Flaky()  # type: ignore[assignment]
    for n in range(20):
        run.say(str(n))
        try:
            await run.flush()
        except Unavailable:
            continue
    run._database = database
    await run.flush()
    assert "".join(piece for _, piece in await texts(database)) == "".join(f"{n}\n" for n in range(20))


async def test_what_is_not_on_disk_stays_as_it_was_numbered(database: Database) -> None:
    run = await live(database, "a")
    run.say("one")
    first = run.unsaid()
    run.say("two")
    assert run.unsaid()[:1] == first
    run.said(first)
    assert [(it.n, it.text) for it in run.unsaid()] == [(2, "two\n")]


async def test_who_lost_the_operation_says_nothing_more(database: Database) -> None:
    run = await live(database, "a")
    await database.write(lambda tx: operations.take_over(tx, 2, 1, 1))
    run.say("late")
    with pytest.raises(Fenced):
        await run.flush()
    assert await texts(database) == []


async def test_progress_is_told_and_never_falls(database: Database) -> None:
    run = await live(database, "a b")
    for share in (0.5, 0.2, 7.0, -1):
        run.progress(share)
        await run._advance()
    told = [event.data["progress"] for event in await history(database, 77) if "progress" in event.data]
    assert told == [25, 50]
    assert (await row(database, 77)).progress == 50


async def test_the_share_of_a_step_is_not_counted_for_the_next(database: Database) -> None:
    run = await live(database, "a b c d")
    run.progress(1.0)
    assert run.reached(through=1) == 25
    run.next_step(msgspec.structs.replace(run.operation, step=1, progress=25))
    run.progress(0.5)
    await run.write_down()
    assert (await row(database, 77)).progress == 37


async def test_a_wish_to_cancel_that_is_on_the_row_is_known(database: Database) -> None:
    assert not (await live(database, "a")).cancel_wanted
    operation = msgspec.structs.replace(await row(database, 77), cancel_requested_at=1)
    wanted = Live(Stage(), play("a"), operation, database=database, clock=SystemClock(), soon=lambda _: None)
    assert wanted.cancel_wanted


async def test_going_on_forgets_what_was_done_to_the_task(database: Database) -> None:
    run = await live(database, "a")

    async def performing() -> tuple[bool, int]:
        run.stoppable(True)
        run.want_cancelled()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        interrupted = run.interrupted
        run.go_on()
        return interrupted and not run.interrupted, run.task.cancelling() if run.task is not None else -1

    run.task = asyncio.ensure_future(performing())  # type: ignore[assignment]
    assert run.task is not None
    assert await run.task == (True, 0)


async def test_a_stop_is_never_forgotten(database: Database) -> None:
    run = await live(database, "a")

    async def performing() -> tuple[bool, int]:
        run.stoppable(True)
        run.stop()
        run.want_cancelled()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        run.go_on()
        return run.stopping and not run.interrupted, run.task.cancelling() if run.task is not None else -1

    run.task = asyncio.ensure_future(performing())  # type: ignore[assignment]
    assert run.task is not None
    assert await run.task == (True, 2)


async def test_it_calls_once_until_it_is_heard(database: Database) -> None:
    calls: list[Live[Any, Any]] = []
    run = await live(database, "a", calls.append)
    run.say("one")
    run.progress(0.5)
    assert calls == [run]
    assert run.heard()
    run.say("two")
    assert calls == [run, run]
    run.said(run.unsaid())
    run.next_step(run.operation)
    assert not run.heard(), "the write of the step has taken it along"


async def test_what_a_write_of_the_operation_takes_along_is_not_written_beside_it(database: Database) -> None:
    run = await live(database, "a", lambda _: None)
    run.say("one")
    run.takes_along(run.unsaid())
    assert not run.heard()
    run.say("two")
    assert run.heard(), "this came too late for it"


async def test_what_is_said_goes_with_how_far_it_is(database: Database) -> None:
    run = await live(database, "a b")
    run.say("one")
    run.progress(0.5)
    await run._advance()
    assert run.unsaid() == ()
    assert await texts(database) == [(1, "one\n")]
    assert (await row(database, 77)).progress == 25
