"""Work as those see it who do it: the open pools of one account, and how much there is in each for one person."""

import msgspec

from headway.errors import NotFound
from headway.model.labelling_projects import Project
from headway.model.listing import Page, Search, one_more, page_of
from headway.model.pools import Mixer, Pool, PoolStatus
from headway.model.tasks import Kind, open_to
from headway.store import assignments, labelling_projects, pools, task_suites, tasks
from headway.store.database import Database, Tx

LOOKED_AT_MAX = 50
"""Of so much in a pool it is looked whether it is for that person."""


class Work(msgspec.Struct, frozen=True):
    """An open pool, for one person."""

    pool: Pool
    project: Project
    left: int
    """How many assignments there are for them, what they have in hand among them: as far as was looked."""
    is_more: bool
    """Whether there is more that was not looked at."""
    in_hand: bool
    """Whether they have begun one."""


async def page(database: Database, owner_id: int, user_id: str, search: Search) -> Page[Work]:
    """The open pools and trainings of an account, in the order in which they were made."""

    async def body(tx: Tx) -> Page[Work]:
        there = await pools.page(tx, owner_id, one_more(search), PoolStatus.OPEN, kind=None)
        found = page_of(there, search.count)
        return Page([await _work(tx, pool, user_id) for pool in found.items], found.has_more)

    return await database.read(body)


async def get(database: Database, owner_id: int, user_id: str, pool_id: int) -> Work:
    """One; NotFound also where it is not open and they have nothing of it in hand."""

    async def body(tx: Tx) -> Work:
        work = await _work(tx, await pools.get(tx, owner_id, pool_id), user_id)
        if work.pool.status is not PoolStatus.OPEN and not work.in_hand:
            raise NotFound("pool")
        return work

    return await database.read(body)


async def _work(tx: Tx, pool: Pool, user_id: str) -> Work:
    project = await labelling_projects.get(tx, pool.owner_id, pool.project_id)
    in_hand = await assignments.active(tx, pool.id, user_id) is not None
    mixer = pool.terms.mixer_config
    left, is_more = await (_suites(tx, pool, user_id) if mixer is None else _mixed(tx, pool, mixer, user_id))
    return Work(pool, project, left + in_hand, is_more, in_hand)


async def _suites(tx: Tx, pool: Pool, user_id: str) -> tuple[int, bool]:
    page = await task_suites.free(tx, pool.id, user_id, count=LOOKED_AT_MAX + 1)
    return sum(open_to(user_id, it.said) for it in page[:LOOKED_AT_MAX]), len(page) > LOOKED_AT_MAX


async def _mixed(tx: Tx, pool: Pool, mixer: Mixer, user_id: str) -> tuple[int, bool]:
    """So many as the general tasks make, or where there are none in a suite, the others; the last may be shorter."""
    counts = {
        Kind.GENERAL: mixer.real_tasks_count,
        Kind.CONTROL: mixer.golden_tasks_count,
        Kind.TRAINING: mixer.training_tasks_count,
    }
    kind, each = next((kind, count) for kind, count in counts.items() if count)
    most = LOOKED_AT_MAX * each
    page = await tasks.free(tx, pool.id, kind, user_id, after=0, count=most + 1)
    free = sum(open_to(user_id, it.content) for it in page[:most])
    return -(-free // each), len(page) > most
