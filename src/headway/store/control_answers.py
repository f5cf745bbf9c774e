"""How well people answered control tasks, as rows."""

from collections.abc import Iterable

import msgspec

from headway.store.database import Tx
from headway.store.sheets import sheet

SQL = sheet("control_answers")
EVERY = (1 << 31) - 1


class ControlAnswer(msgspec.Struct, frozen=True):
    """One answer to one control task. Field order is column order."""

    pool_id: int
    user_id: str
    assignment_id: int
    task_id: int
    earned: float
    """0 to 1."""


async def insert(tx: Tx, answers: Iterable[ControlAnswer]) -> None:
    """Keep new ones."""
    for it in answers:
        await tx.run(SQL["insert"], **msgspec.structs.asdict(it))


async def last(tx: Tx, pool_id: int, user_id: str, count: int | None = None) -> list[float]:
    """What somebody's last ones in a pool earned, the newest first; all of them where no count is given."""
    rows = await tx.all(SQL["last"], pool_id=pool_id, user_id=user_id, count=count or EVERY)
    return [float(row[0]) for row in rows]
