"""The guards: who may write what, and that a terminal row never changes."""

import asyncio
from typing import Any

import msgspec
import pytest

from headway.model.operations import Actor, Detail, LogLine, Operation, Phase
from headway.store import operations
from headway.store.database import Database, Entry
from tests.databases import Databases
from tests.records import AT, an_operation

BY = Actor(account_id=1, name="tester")
WHY = Detail(code="broken", text="it is broken")


async def accepted(database: Database, **changes: Any) -> Operation:
    it = an_operation(**changes)
    assert await database.journal(operations.accepted(it, BY)) is not None
    return it


async def claimed(database: Database, **changes: Any) -> Operation:
    await accepted(database, **changes)
    (it,) = await database.write(lambda tx: operations.claim(tx, 1, AT + 1, 10))
    return it


async def now(database: Database, id: int = 77) -> Operation:
    found = await database.read(lambda tx: operations.get(tx, id))
    assert found is not None
    return found


def writes(it: Operation) -> dict[str, Entry]:
    """Everything that a holder may write."""
    back = msgspec.structs.replace(it, turning_back=True)
    return {
        "step_done": operations.step_done(it, AT + 9, 50, "one", {}),
        "step_again": operations.step_again(it, AT + 9, "why", 0.2),
        "turned_back": operations.turned_back(it, AT + 9, 0, WHY),
        "step_undone": operations.step_undone(back, AT + 9, "one"),
        "finished": operations.finished(it, AT + 9, Phase.SUCCEEDED, None),
        "failed": operations.finished(back, AT + 9, Phase.FAILED, WHY),
        "said": operations.said(it, LogLine(n=1, at=AT + 9, text="text")),
        "advanced": operations.advanced(it, AT + 9, 10),
    }


NAMES = list(writes(an_operation()))


async def test_a_record_is_read_as_it_was_accepted(database: Database) -> None:
    it = await accepted(database, params='{"a":"ü"}', account_id=1 << 60)
    assert await now(database) == it
    assert await database.read(lambda tx: operations.holder(tx, "app:5")) == it


@pytest.mark.parametrize("name", NAMES)
async def test_a_stale_fence_writes_nothing(database: Database, name: str) -> None:
    it = await claimed(database)
    (taken,) = await database.write(lambda tx: operations.take_over(tx, 2, 1, AT + 2))
    assert await database.journal(writes(it)[name]) is None
    assert await now(database) == taken
    assert (taken.owner, taken.fence) == (2, 2)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("phase", [Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED])
async def test_a_terminal_row_never_changes(database: Database, name: str, phase: Phase) -> None:
    it = await claimed(database)
    detail = None if phase is Phase.SUCCEEDED else WHY
    assert await database.journal(operations.finished(it, AT + 2, phase, detail)) is not None
    ended = await now(database)
    assert await database.journal(writes(it)[name]) is None
    assert await database.write(lambda tx: operations.take_over(tx, 2, 1, AT + 3)) == []
    assert await database.write(lambda tx: operations.take_up(tx, 1, 77, AT + 3)) is None
    assert not await database.write(lambda tx: operations.request_cancel(tx, it, BY, "", AT + 3))
    assert not await database.write(lambda tx: operations.cancel_unstarted(tx, it, WHY, AT + 3))
    assert await now(database) == ended


@pytest.mark.parametrize(
    "name", ["step_done", "step_again", "turned_back", "step_undone", "finished", "failed"]
)
async def test_a_write_about_another_step_writes_nothing(database: Database, name: str) -> None:
    it = await claimed(database)
    before = await now(database)
    assert await database.journal(writes(msgspec.structs.replace(it, step=1))[name]) is None
    assert await now(database) == before


async def test_forward_and_back_do_not_mix(database: Database) -> None:
    it = await claimed(database)
    assert await database.journal(writes(it)["step_undone"]) is None
    await database.journal(writes(it)["turned_back"])
    for name in ("step_done", "turned_back", "finished"):
        assert await database.journal(writes(it)[name]) is None
    assert await database.journal(writes(it)["step_undone"]) is not None
    assert (await now(database)).step == -1


async def test_one_attempt_is_told_once(database: Database) -> None:
    it = await claimed(database)
    assert await database.journal(writes(it)["step_again"]) is not None
    assert await database.journal(writes(it)["step_again"]) is None
    assert (await now(database)).attempt == 2


async def test_claims_go_to_the_oldest_first_and_never_twice(
    database: Database, databases: Databases
) -> None:
    other = await databases.another()
    for id in range(1, 31):
        await accepted(database, id=id, target=f"app:{id}")
    first = await database.write(lambda tx: operations.claim(tx, 1, AT, 2))
    assert [it.id for it in first] == [1, 2]
    found = await asyncio.gather(
        *(
            one.write(lambda tx, node=node: operations.claim(tx, node, AT, 3))
            for node, one in ((1, database), (2, other)) * 5
        )
    )
    ids = [it.id for batch in found for it in batch]
    assert sorted(ids) == list(range(3, 31))


async def test_only_one_of_two_takes_over(database: Database, databases: Databases) -> None:
    await claimed(database)
    other = await databases.another()
    found = await asyncio.gather(
        database.write(lambda tx: operations.take_over(tx, 2, 1, AT)),
        other.write(lambda tx: operations.take_over(tx, 3, 1, AT)),
    )
    assert sorted(len(it) for it in found) == [0, 1]


async def test_a_node_takes_up_only_its_own(database: Database) -> None:
    await claimed(database)
    assert await database.read(lambda tx: operations.performed(tx, 1)) == {77}
    assert await database.read(lambda tx: operations.performed(tx, 2)) == set()
    assert await database.write(lambda tx: operations.take_up(tx, 2, 77, AT)) is None
    taken = await database.write(lambda tx: operations.take_up(tx, 1, 77, AT))
    assert taken
    assert (taken.owner, taken.fence) == (1, 2)


async def test_what_has_begun_is_not_cancelled_as_if_it_had_not(database: Database) -> None:
    it = await claimed(database)
    assert not await database.write(lambda tx: operations.cancel_unstarted(tx, it, WHY, AT))
    assert await database.read(lambda tx: operations.cancels_of(tx, 1)) == []
    assert await database.write(lambda tx: operations.request_cancel(tx, it, BY, "why", AT))
    assert not await database.write(lambda tx: operations.request_cancel(tx, it, BY, "again", AT))
    assert await database.read(lambda tx: operations.cancels_of(tx, 1)) == [77]


async def test_times_never_go_back_though_clocks_differ(database: Database) -> None:
    await accepted(database)
    (it,) = await database.write(lambda tx: operations.claim(tx, 1, AT - 50, 1))
    assert (it.started_at, it.updated_at) == (AT, AT)
    await database.journal(operations.advanced(it, AT + 9, 10))
    for entry in (
        operations.step_done(it, AT - 50, 20, "one", {}),
        operations.step_again(msgspec.structs.replace(it, step=1), AT - 50, "why", 1),
        operations.turned_back(msgspec.structs.replace(it, step=1), AT - 50, 1, WHY),
        operations.step_undone(msgspec.structs.replace(it, step=1), AT - 50, "two"),
    ):
        assert await database.journal(entry) is not None
        assert (await now(database)).updated_at == AT + 9
    await database.write(lambda tx: operations.request_cancel(tx, it, BY, "", AT - 50))
    await database.write(lambda tx: operations.take_up(tx, 1, 77, AT - 50))
    (taken,) = await database.write(lambda tx: operations.take_over(tx, 2, 1, AT - 50))
    assert taken.updated_at == AT + 9
    end = msgspec.structs.replace(taken, turning_back=True)
    assert await database.journal(operations.finished(end, AT - 50, Phase.FAILED, WHY)) is not None
    ended = await now(database)
    assert (ended.updated_at, ended.finished_at) == (AT + 9, AT + 9)


async def test_progress_never_falls(database: Database) -> None:
    it = await claimed(database)
    assert await database.journal(operations.advanced(it, AT, 40)) is not None
    assert await database.journal(operations.advanced(it, AT, 30)) is None
    await database.journal(operations.step_done(it, AT, 20, "one", {}))
    assert (await now(database)).progress == 40


async def test_a_line_whose_answer_was_lost_is_written_over_itself(database: Database) -> None:
    it = await claimed(database)
    for _ in range(2):
        assert await database.journal(operations.said(it, LogLine(n=1, at=AT, text="one"))) is not None
    await database.journal(operations.said(it, LogLine(n=2, at=AT, text="two")))
    lines = await database.read(lambda tx: operations.log_after(tx, 77))
    assert [(line.n, line.text) for line in lines] == [(1, "one"), (2, "two")]
    assert await database.read(lambda tx: operations.log_last(tx, 77)) == 2
    assert await database.read(lambda tx: operations.log_last(tx, 78)) == 0


async def test_the_newest_come_first_of_one_account_and_one_target(database: Database) -> None:
    for id in range(1, 7):
        await accepted(database, id=id, target=f"app:{id % 2}", account_id=1 + id % 3, exclusive=False)

    async def ids(**asked: Any) -> list[int]:
        return [it.id for it in await database.read(lambda tx: operations.newest(tx, **asked))]

    assert await ids() == [6, 5, 4, 3, 2, 1]
    assert await ids(before=4, count=2) == [3, 2]
    assert await ids(account_id=1) == [6, 3]
    assert await ids(target="app:1") == [5, 3, 1]
    assert [it.id for it in await database.read(operations.active)] == [1, 2, 3, 4, 5, 6]


async def test_only_what_ended_long_enough_ago_is_buried(database: Database) -> None:
    it = await claimed(database)
    await database.journal(operations.finished(it, AT + 5, Phase.FAILED, WHY))
    assert await database.read(operations.oldest) == AT
    assert await database.write(lambda tx: operations.bury(tx, 100, AT + 5, 10)) == 0
    assert await database.write(lambda tx: operations.bury(tx, 77, AT + 6, 10)) == 0
    assert await database.write(lambda tx: operations.bury(tx, 78, AT + 6, 10)) == 1
    stone = await database.read(lambda tx: operations.tombstone(tx, 77))
    assert stone
    assert (stone.phase, stone.created_at, stone.finished_at) == (Phase.FAILED, AT, AT + 5)
    assert await database.read(operations.oldest) is None
