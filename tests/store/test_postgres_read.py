"""Reading on PostgreSQL: in one round trip where one is enough, from one snapshot where it is not."""

import pytest

from headway.store.database import Row, Tx
from headway.store.postgres import Postgres
from tests.rows import SQL, epoch, ids, put, up_and_say


async def _twice(tx: Tx) -> tuple[int, int]:
    return await epoch(tx), await epoch(tx)


async def test_a_read_of_one_statement_is_one_round_trip(postgres: Postgres, asked: list[str]) -> None:
    await postgres.read(epoch)
    asked.clear()
    assert await postgres.read(epoch) == 0
    assert asked == ["SELECT"]


async def test_who_has_asked_twice_gets_a_transaction_at_once(postgres: Postgres, asked: list[str]) -> None:
    assert await postgres.read(_twice) == (0, 0)
    asked.clear()
    assert await postgres.read(_twice) == (0, 0)
    assert asked == ["BEGIN", "SELECT", "SELECT", "COMMIT"]


async def test_a_body_that_survives_its_second_question_is_begun_again_all_the_same(
    postgres: Postgres,
) -> None:
    async def body(tx: Tx) -> list[int]:
        found: list[int] = []
        for _ in range(2):
            try:
                found.append(await epoch(tx))
            except Exception:  # noqa: BLE001 - a body may be as careless as this
                found.append(-1)
        return found

    assert await postgres.read(body) == [0, 0]


async def test_a_body_that_is_called_in_another_way_is_read_from_one_snapshot(postgres: Postgres) -> None:
    class Body:
        async def __call__(self, tx: Tx) -> tuple[int, int]:
            before = await epoch(tx)
            await postgres.write(up_and_say)
            return before, await epoch(tx)

    assert await postgres.read(Body()) == (0, 0)


async def test_reading_in_a_transaction_cannot_write_either(postgres: Postgres) -> None:
    async def body(tx: Tx) -> Row | None:
        await epoch(tx)
        await tx.run(SQL["set"], id=1, epoch=7)
        return None

    with pytest.raises(Exception, match="read-only"):
        await postgres.read(body)
    assert await postgres.read(epoch) == 0


async def test_what_a_reading_body_raises_is_its_callers(postgres: Postgres) -> None:
    async def body(tx: Tx) -> None:
        await epoch(tx)
        raise LookupError("its own")

    with pytest.raises(LookupError, match="its own"):
        await postgres.read(body)
    await put(postgres, 3)
    assert await ids(postgres) == [1, 2, 3]
