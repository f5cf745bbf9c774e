"""What was measured of apps, as rows: a slice of time of one app on one node each."""

from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter

import msgspec

from headway.clock import SECOND
from headway.model.stats import COARSE_SECONDS, FINE_HOURS, FINE_SECONDS, KEPT_HOURS, Of, Slice, start
from headway.store.database import Tx
from headway.store.sheets import sheet

SQL = sheet("samples")
_slices = msgspec.json.Decoder(Slice)
_HOUR = 3600 * SECOND


async def add(tx: Tx, node: str, slices: Of) -> None:
    """Add slices of a minute to what is kept of this node, in slices of both lengths."""
    for step in (FINE_SECONDS, COARSE_SECONDS):
        by_start: dict[int, dict[int, Slice]] = {}
        for (app_id, at), one in slices.items():
            of_start = by_start.setdefault(start(at, step), {})
            of_start[app_id] = of_start[app_id].plus(one) if app_id in of_start else one
        for at, of_start in by_start.items():
            await _add(tx, node, step, at, of_start)


async def _add(tx: Tx, node: str, step: int, at: int, slices: Mapping[int, Slice]) -> None:
    kept = {row[0]: row[1] for row in await tx.all(SQL["of_slice"], step=step, at=at, node=node)}
    rows = [
        (app_id, step, at, _encoded(_slices.decode(kept[app_id]).plus(one) if app_id in kept else one))
        for app_id, one in slices.items()
    ]
    await tx.run(SQL["put"], node=node, rows=_encoded(rows))


async def of_app(tx: Tx, app_id: int, step: int, since: int) -> list[tuple[int, Slice]]:
    """The slices of that length of an app that began at `since` or later, of all nodes together, with their starts."""
    rows = await tx.all(SQL["of_app"], app_id=app_id, step=step, since=since)
    found: list[tuple[int, Slice]] = []
    for at, same in groupby(rows, key=itemgetter(0)):
        whole = Slice()
        for _, data in same:
            whole = whole.plus(_slices.decode(data))
        found.append((at, whole))
    return found


async def forget(tx: Tx, now: int) -> None:
    """Let go of what is older than is kept."""
    await tx.run(SQL["forget"], step=FINE_SECONDS, before=now - (FINE_HOURS * _HOUR + FINE_SECONDS * SECOND))
    await tx.run(SQL["forget"], step=COARSE_SECONDS, before=now - KEPT_HOURS * _HOUR)


async def counted(tx: Tx, node: str) -> int:
    """Up to which place a node has counted its requests."""
    row = await tx.one(SQL["counted"], node=node)
    return 0 if row is None else row[0]


async def count(tx: Tx, node: str, place: int) -> None:
    """It has counted them up to this place."""
    await tx.run(SQL["count"], node=node, place=place)


def _encoded(value: object) -> str:
    return msgspec.json.encode(value).decode()
