"""One transaction on SQLite: entries and bodies after one another, each all or nothing."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from headway.errors import Conflict
from headway.store import migrate
from headway.store.database import NotUnique, Tx
from headway.store.sqlite_tx import Pen, driven
from tests.rows import SQL, accepted, entry, said


@pytest.fixture
def pen(tmp_path: Path) -> Iterator[Pen]:
    """Within a transaction, with the nodes 1 and 2."""
    connection = apsw.Connection(str(tmp_path / "headway.db"))
    for migration in migrate.missing([]):
        for statement in migration.statements("sqlite"):
            connection.execute(statement)
    pen = Pen(connection)
    pen.say("BEGIN")
    for id in (1, 2):
        pen.rows(SQL["put"], {"id": id, "name": f"node-{id}", "at": 0})
    yield pen
    connection.close()


def epochs(pen: Pen) -> list[int]:
    return [pen.rows(SQL["get"], {"id": id})[0][0] for id in (1, 2)]


def test_an_entry_that_wants_no_more_than_its_id_is_answered_with_it_where_its_guard_held(pen: Pen) -> None:
    first = accepted(7)
    assert first.query.sqlite.silent
    assert pen.enter(first) == (7,)
    assert pen.enter(accepted(8)) is None


def test_a_body_that_raises_leaves_nothing_of_itself_and_all_that_was_before_it(pen: Pen) -> None:
    async def body(tx: Tx) -> None:
        await tx.run(SQL["set"], id=1, epoch=9)
        tx.append(said())
        raise Conflict("no")

    assert pen.enter(entry("up_from", 2, epoch=0)) is not None
    with pytest.raises(Conflict):
        pen.body(body)
    assert epochs(pen) == [0, 1]


def test_a_statement_that_an_index_refuses_ends_nothing(pen: Pen) -> None:
    async def body(tx: Tx) -> int:
        with pytest.raises(NotUnique):
            await tx.run(SQL["put"], id=3, name="node-1", at=0)
        return await tx.run(SQL["set"], id=1, epoch=5)

    assert pen.body(body) == (1, [])
    assert epochs(pen) == [5, 0]


def test_what_a_body_wants_after_the_commit_is_handed_back_and_not_done(pen: Pen) -> None:
    done: list[str] = []

    async def body(tx: Tx) -> str:
        tx.after_commit(lambda: done.append("done"))
        return "result"

    result, acts = pen.body(body)
    assert (result, len(acts), done) == ("result", 1, [])


def test_a_body_that_returns_is_driven_to_its_end() -> None:
    async def inner() -> int:
        return 7

    async def body() -> int:
        return await inner()

    assert driven(body()) == 7
