"""Operations that are looked for: by whom, about what, in which phase, when; a page at a time, in bounded work."""

import msgspec

from headway.clock import SECOND
from headway.model.operations import Operation, Search, mask
from headway.store.database import Tx
from headway.store.operations import from_row
from headway.store.sheets import sheet

SQL = sheet("searches")
LOOKED_AT = 20_000
"""So many rows are looked at for one page, however rare is what is looked for."""
RUNS_WITHIN = 2_000
"""Among so many of the newest operations past runs are looked for."""


class Page(msgspec.Struct, frozen=True):
    """What was found, and the id behind which (or before which) to go on; None where there is no more."""

    found: list[Operation]
    next: int | None


async def targets_of(tx: Tx, account_id: int) -> set[str]:
    """What an account may see whoever acts on it."""
    return {f"app:{row[0]}" for row in await tx.all(SQL["targets"], account_id=account_id)}


async def search(tx: Tx, account_id: int, wanted: Search, count: int) -> Page:
    """A page of what an account may see.

    What is rare may come in pages that are not full, or empty: the next one goes on where this one stopped looking.
    """
    targets = await targets_of(tx, account_id)
    values = _sources(account_id, targets, wanted)
    if not values["own"] and values["targets"] == "[]":
        return Page([], None)
    way = 1 if wanted.oldest_first else -1
    asked = {"type": wanted.type, "phases": mask(wanted.phases), "way": way}
    low, high = wanted.bounds
    if wanted.only_active:
        rows = await tx.all(SQL["active"], **values, **asked, low=low, high=high, count=count + 1)
        return _page([from_row(row) for row in rows], count, None)
    low, high, edge = await _window(tx, values, wanted, _depth(wanted, values, count))
    rows = await tx.all(SQL["found"], **values, **asked, low=low, high=high, count=count + 1)
    return _page([from_row(row) for row in rows], count, edge)


def _page(found: list[Operation], count: int, edge: int | None) -> Page:
    if len(found) > count:
        return Page(found[:count], found[count - 1].id)
    return Page(found, edge)


def _sources(account_id: int, targets: set[str], wanted: Search) -> dict[str, object]:
    """Where to look: what the account began, and which targets."""
    actor, own = wanted.actor, 1
    if wanted.target:
        actor = actor if wanted.target in targets else (account_id if actor in {0, account_id} else -1)
        own, targets = 0, {wanted.target}
    elif actor == account_id:
        targets = set()
    elif actor:
        own = 0
    shown = msgspec.json.encode(sorted(targets)).decode()
    return {"account_id": account_id, "targets": shown, "own": own, "actor": actor}


def _depth(wanted: Search, values: dict[str, object], count: int) -> int:
    """How many rows of each source are looked at."""
    if not wanted.picks:
        return count + 1
    sources = str(values["targets"]).count('"') // 2 + 1
    return max(count + 1, LOOKED_AT // sources)


async def _window(
    tx: Tx, values: dict[str, object], wanted: Search, depth: int
) -> tuple[int, int, int | None]:
    """Between which ids everything is known that was looked at, and the edge where to go on."""
    low, high = wanted.bounds
    name = "ceiling" if wanted.oldest_first else "floor"
    given = {name: values[name] for name in ("account_id", "targets", "own")}
    row = await tx.one(SQL[name], **given, low=low, high=high, count=depth - 1)
    assert row is not None
    if row[0] is None:
        return low, high, None
    edge = int(row[0])
    return (low, edge + 1, edge) if wanted.oldest_first else (edge, high, edge)


# -- what is known of a type and of the queue ----------------------------------------------------------------


async def durations(tx: Tx, type: str, target: str, count: int) -> list[float]:
    """How many seconds past successes of the type took: on the same target, or anywhere where that says too little."""
    there = await tx.all(SQL["runs_on"], type=type, target=target, within=RUNS_WITHIN)
    rows = there if len(there) >= count else await tx.all(SQL["runs"], type=type, within=RUNS_WITHIN)
    return [(ended - begun) / SECOND for begun, ended in rows]


async def queue(tx: Tx, id: int) -> tuple[int, int]:
    """How many wait to be begun before this one; how many are running."""
    row = await tx.one(SQL["queue"], id=id)
    assert row is not None
    return int(row[0]), int(row[1])


async def lease_until(tx: Tx, node: int) -> int | None:
    """Until when a node is believed to live."""
    row = await tx.one(SQL["node"], id=node)
    return None if row is None else int(row[1])
