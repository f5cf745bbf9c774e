"""What the database port promises of bodies, on every engine."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from headway.errors import Unavailable
from headway.model.accounts import Account
from headway.model.operations import NewEvent
from headway.store import accounts, operations, tokens
from headway.store.database import Database, NotUnique, Row, Touched, Tx
from tests.databases import Databases
from tests.rows import SQL, accepted, entry, get, ids, numbered, put, said, up

HEARD_SECONDS = 10


# -- bodies -----------------------------------------------------------------------------------------------------


async def test_what_a_body_returns_is_returned(database: Database) -> None:
    async def body(tx: Tx) -> str:
        return "this"

    assert await database.write(body) == "this"
    assert await database.read(body) == "this"


async def test_a_body_that_raises_leaves_nothing_behind(database: Database) -> None:
    async def body(tx: Tx) -> None:
        await tx.run(SQL["put"], id=1, name="a", at=0)
        tx.append(said())
        raise LookupError("its own")

    with pytest.raises(LookupError, match="its own"):
        await database.write(body)
    assert await ids(database) == []
    assert await numbered(database) == []


async def test_bodies_that_raise_do_not_harm_those_that_share_their_commit(database: Database) -> None:
    async def body(tx: Tx, id: int) -> None:
        await tx.run(SQL["put"], id=id, name=f"node-{id}", at=0)
        tx.append(said(target=str(id)))
        if id % 3 == 0:
            raise LookupError(id)

    outcomes = await asyncio.gather(
        *(database.write(lambda tx, n=n: body(tx, n)) for n in range(1, 31)), return_exceptions=True
    )
    assert [isinstance(outcome, LookupError) for outcome in outcomes] == [id % 3 == 0 for id in range(1, 31)]
    kept = [id for id in range(1, 31) if id % 3]
    assert await ids(database) == kept
    assert await numbered(database) == [(seq, str(id)) for seq, id in enumerate(kept, 1)]


async def test_a_body_sees_what_it_wrote_and_others_do_not_yet(database: Database) -> None:
    async def body(tx: Tx) -> tuple[Row | None, int | None]:
        await tx.run(SQL["put"], id=1, name="a", at=0)
        return await tx.one(SQL["get"], id=1), await get(database, 1)

    assert await database.write(body) == ((0,), None)
    assert await get(database, 1) == 0


async def test_no_update_is_lost_between_bodies(database: Database) -> None:
    await put(database, 1)
    await asyncio.gather(*(database.write(up) for _ in range(100)))
    assert await get(database, 1) == 100


async def test_no_update_is_lost_between_processes(database: Database, databases: Databases) -> None:
    other = await databases.another()
    await put(database, 1)

    async def ups(its: Database) -> None:
        for _ in range(25):
            await its.write(up)

    await asyncio.gather(*(ups(its) for its in (database, other) for _ in range(2)))
    assert await get(database, 1) == 100


async def test_no_update_is_lost_between_bodies_and_entries(database: Database, databases: Databases) -> None:
    other = await databases.another()
    await put(database, 1)

    async def ups() -> None:
        for _ in range(25):
            await database.write(up)

    async def entries(its: Database) -> None:
        for _ in range(25):
            assert await its.journal(entry("up", 1))

    await asyncio.gather(ups(), ups(), entries(database), entries(other))
    assert await get(database, 1) == 100


async def test_run_says_how_many_rows_it_changed(database: Database) -> None:
    async def body(tx: Tx) -> list[int]:
        put = [await tx.run(SQL["put"], id=id, name=str(id), at=0) for id in (1, 2)]
        return [*put, await tx.run(SQL["set"], id=2, epoch=3), await tx.run(SQL["set"], id=3, epoch=3)]

    assert await database.write(body) == [1, 1, 1, 0]


async def test_rows_are_tuples_of_plain_values(database: Database) -> None:
    async def body(tx: Tx) -> list[Row]:
        await tx.run(SQL["put"], id=True, name="é \U0001f600 ' \\ \"", at=2**63 - 1)
        await tx.run(SQL["put"], id=2, name="", at=-(2**63))
        return await tx.all(SQL["described"], id=1)

    rows = await database.write(body)
    assert rows == [(1, 2**63 - 1, "é \U0001f600 ' \\ \"", None, 0, 2)]
    assert [type(value) for value in (rows[0], *rows[0])] == [tuple, int, int, str, type(None), int, int]


async def test_a_nul_in_a_text_harms_nothing(database: Database) -> None:
    async def body(tx: Tx) -> Row | None:
        await tx.run(SQL["put"], id=1, name="a\0b", at=0)
        return await tx.one(SQL["described"], id=1)

    row = await database.write(body)
    assert row is not None
    assert row[2] in {"a\0b", "a\ufffdb"}
    assert await database.journal(entry("put_if_new", 2, name="c\0d")) == (2,)


async def test_reading_cannot_write(database: Database) -> None:
    async def body(tx: Tx) -> None:
        await tx.run(SQL["put"], id=1, name="a", at=0)

    with pytest.raises(Exception, match=r"read.?only"):
        await database.read(body)
    assert await ids(database) == []


async def test_what_was_written_is_there_when_opened_again(database: Database, databases: Databases) -> None:
    await put(database, 1)
    await database.close()
    assert await ids(await databases.another()) == [1]


async def test_a_caller_who_gives_up_does_not_harm_the_others(database: Database) -> None:
    await put(database, 1)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(database.write(up)) for _ in range(20)]
        tasks += [group.create_task(database.journal(entry("up", 1))) for _ in range(5)]
        await asyncio.sleep(0)
        tasks[3].cancel()
        tasks[22].cancel()
    assert (await get(database, 1) or 0) >= 23
    assert await database.journal(entry("up", 1))


# -- unique indexes ---------------------------------------------------------------------------------------------


async def test_a_body_goes_on_after_a_unique_index_refused(database: Database) -> None:
    await put(database, 1)

    async def body(tx: Tx) -> Row | None:
        await tx.run(SQL["put"], id=2, name="node-2", at=0)
        with pytest.raises(NotUnique):
            await tx.run(SQL["put"], id=1, name="other", at=0)
        with pytest.raises(NotUnique):
            await tx.run(SQL["put"], id=3, name="node-1", at=0)
        await tx.run(SQL["put"], id=4, name="node-4", at=0)
        return await tx.one(SQL["get"], id=1)

    assert await database.write(body) == (0,)
    assert await ids(database) == [1, 2, 4]


async def test_a_body_reads_the_holder_when_its_first_statement_is_refused(database: Database) -> None:
    await put(database, 1)

    async def body(tx: Tx) -> Row | None:
        with pytest.raises(NotUnique):
            await tx.run(SQL["put"], id=1, name="other", at=0)
        return await tx.one(SQL["get"], id=1)

    assert await database.write(body) == (0,)


async def test_not_unique_reaches_the_caller_and_nothing_is_written(database: Database) -> None:
    with pytest.raises(NotUnique) as refused:
        await put(database, 1, 2, 1)
    assert "nodes" in refused.value.index
    assert await ids(database) == []


async def test_of_fifty_who_want_one_target_one_gets_it(database: Database, databases: Databases) -> None:
    both = (database, await databases.another())
    rows = await asyncio.gather(*(both[id % 2].journal(accepted(id)) for id in range(1, 51)))
    assert [type(row) for row in rows].count(tuple) == 1
    assert len(await numbered(database)) == 1


async def test_an_entry_in_a_body_has_the_same_guard(database: Database) -> None:
    async def body(tx: Tx) -> list[bool]:
        return [await operations.carry_out(tx, accepted(id)) for id in (1, 2)]

    assert await database.write(body) == [True, False]
    assert len(await numbered(database)) == 1


# -- listening --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "elsewhere"])
async def test_a_commit_is_heard(database: Database, databases: Databases, elsewhere: bool) -> None:
    writer = await databases.another() if elsewhere else database
    heard = asyncio.Event()
    database.listen(lambda _: heard.set())
    await put(writer, 1)
    await asyncio.wait_for(heard.wait(), HEARD_SECONDS)


async def test_who_has_stopped_listening_hears_nothing(database: Database) -> None:
    first, second = asyncio.Event(), asyncio.Event()
    end = database.listen(lambda _: first.set())
    database.listen(lambda _: second.set())
    end()
    await put(database, 1)
    await asyncio.wait_for(second.wait(), HEARD_SECONDS)
    assert not first.is_set()


async def test_a_listener_is_told_which_operations_were_touched_before_the_writer_knows(
    database: Database,
) -> None:
    told: list[Touched | None] = []
    database.listen(told.append)
    await database.journal(accepted(1))
    assert touched(told).operations == {1}

    async def body(tx: Tx) -> None:
        tx.append(NewEvent(at=1, name="test.happened", operation=3))
        await operations.carry_out(tx, accepted(2, "app:2"))
        await tx.run(operations.SQL["delete"], id=1)

    told.clear()
    await database.write(body)
    assert touched(told).operations == {1, 2, 3}


async def test_a_listener_is_told_of_which_nouns_rows_were_written(database: Database) -> None:
    told: list[Touched | None] = []
    database.listen(told.append)

    async def body(tx: Tx) -> None:
        await tx.one(tokens.SQL["get"], id=1)
        await accounts.insert(tx, Account(1, "a", "a@example.com", 1))

    await database.write(body)
    assert touched(told) == Touched(nouns=frozenset({"accounts", "projects"}))


async def test_a_listener_is_told_of_ends_once_they_are_on_disk_and_never_of_others(
    database: Database,
) -> None:
    told: list[Touched | None] = []
    database.listen(told.append)

    def end(id: int) -> Callable[[Tx], Awaitable[None]]:
        async def body(tx: Tx) -> None:
            tx.append(NewEvent(at=1, name="operation.succeeded", operation=id))

        return body

    async def broken(tx: Tx) -> None:
        await end(8)(tx)
        raise LookupError

    outcomes = await asyncio.gather(
        database.write(end(7)), database.write(broken), database.write(end(9)), return_exceptions=True
    )
    assert [type(one) for one in outcomes] == [type(None), LookupError, type(None)]
    assert touched(told).ended == {7, 9}


async def test_another_process_hears_which_operations_were_touched_or_that_it_is_not_known(
    database: Database, databases: Databases
) -> None:
    writer = await databases.another()
    heard: asyncio.Queue[Touched | None] = asyncio.Queue()
    database.listen(heard.put_nowait)
    await writer.journal(accepted(77))
    async with asyncio.timeout(HEARD_SECONDS):
        while (told := await heard.get()) is not None and 77 not in told.operations:
            pass


def touched(told: list[Touched | None]) -> Touched:
    """All that is known, together; what is not known is none of ours."""
    known = [one for one in told if one is not None]
    return Touched(
        frozenset(id for one in known for id in one.operations),
        frozenset(id for one in known for id in one.ended),
        frozenset(noun for one in known for noun in one.nouns),
    )


# -- the end ----------------------------------------------------------------------------------------------------


async def test_closing_finishes_what_was_begun(database: Database, databases: Databases) -> None:
    await put(database, 1)
    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(database.write(up))
            group.create_task(database.journal(entry("up", 1)))
        await asyncio.sleep(0)
        await database.close()
    assert await get(await databases.another(), 1) == 20


async def test_closing_twice_is_fine_and_then_nothing_goes(database: Database) -> None:
    await database.close()
    await database.close()
    with pytest.raises(Unavailable):
        await put(database, 1)
    with pytest.raises(Unavailable):
        await database.journal(entry("up", 1))
    with pytest.raises(Unavailable):
        await ids(database)
