"""How a one-off ended, written down once, and told."""

from headway.ids import show
from headway.model.one_offs import OneOff
from headway.model.operations import Actor, NewEvent
from headway.store import one_offs
from headway.store.database import Tx


async def record_end(tx: Tx, id: int, exit_code: int, at: int) -> OneOff:
    """The one-off as it is now, ended; NotFound where there is none."""
    if await one_offs.finish(tx, id, exit_code, at):
        _tell(tx, await one_offs.get(tx, id), at)
    return await one_offs.get(tx, id)


def _tell(tx: Tx, it: OneOff, at: int) -> None:
    data = {"container": show(it.id), "label": it.label, "exit_code": it.exit_code, "reason": it.reason}
    tx.append(NewEvent(at=at, name="app.one_off_ended", target=f"app:{it.app_id}", by=Actor(), data=data))
