"""Give somebody work: a suite that they have not had, or in a pool that mixes, tasks that they have not had.

All in one transaction, and those run one after another: so as many people get a task as it says, never one more, and
nobody gets one twice. Two unique indexes would refuse it if this were wrong.
"""

import random

import msgspec

from headway.clock import SECOND
from headway.domain.assignments.mix import LOOKED_AT_MAX, mixed, wanted
from headway.domain.world import World
from headway.errors import Invalid
from headway.ids import show
from headway.model.assignments import Assignment, AssignmentStatus
from headway.model.fields import Unfit
from headway.model.operations import Actor, NewEvent
from headway.model.pools import Mixer, Pool, PoolStatus
from headway.model.tasks import Kind, Task, TaskSuite, open_to
from headway.store import assignments, pools, task_suites, tasks
from headway.store.database import Tx

USER_LENGTH_MAX = 100
LOOKS_MAX = 500
PAGE = 20


async def issue(world: World, pool_id: int, user_id: str, by: Actor) -> Assignment | None:
    """What that person has in hand then: what they had, or something new; None where there is nothing for them.

    NotFound; Unfit while the pool is not open.
    """
    if not user_id or len(user_id) > USER_LENGTH_MAX or not user_id.isprintable():
        raise Invalid(user_id=f"should be 1 to {USER_LENGTH_MAX} characters")

    async def body(tx: Tx) -> Assignment | None:
        pool = await pools.get(tx, by.account_id, pool_id)
        if (in_hand := await assignments.active(tx, pool.id, user_id)) is not None:
            if not in_hand.is_late(world.clock.now()):
                return in_hand
            await expire(world, tx, in_hand, by)
        if pool.status is not PoolStatus.OPEN:
            raise Unfit("pool-inappropriate-status", "the pool is not open")
        mixer = pool.terms.mixer_config
        suite = await (
            _free_suite(tx, pool, user_id) if mixer is None else _mix(world, tx, pool, mixer, user_id)
        )
        return None if suite is None else await _give(world, tx, pool, suite, user_id=user_id, by=by)

    return await world.database.write(body)


async def _free_suite(tx: Tx, pool: Pool, user_id: str) -> TaskSuite | None:
    after = task_suites.FIRST
    for _ in range(LOOKS_MAX):
        page = await task_suites.free(tx, pool.id, user_id, after, PAGE)
        found = next((it for it in page if open_to(user_id, it.said)), None)
        if found is not None or len(page) < PAGE:
            break
        after = (page[-1].turn, page[-1].id)
    else:
        return None
    if found is not None:
        await task_suites.give(tx, found.id)
    return found


async def _mix(world: World, tx: Tx, pool: Pool, mixer: Mixer, user_id: str) -> TaskSuite | None:
    free = {kind: await _free_tasks(tx, pool, kind, user_id, wanted(mixer, kind)[1]) for kind in Kind}
    now, id = world.clock.now(), world.ids.next()
    # By the id, so that a suite can be made again just so.
    lot = random.Random(id)  # noqa: S311
    short = await _may_be_short(tx, pool, mixer, now)
    chosen = mixed(mixer, free, lot, may_be_short=short)
    if chosen is None:
        return None
    suite = TaskSuite(
        id=id,
        pool_id=pool.id,
        task_ids=tuple(it.id for it in chosen),
        overlap=1,
        issued=1,
        mixed=True,
        turn=0,
        body="{}",
        created_at=now,
        batch=0,
    )
    await task_suites.insert(tx, [suite])
    await tasks.give(tx, suite.task_ids)
    return suite


async def _free_tasks(tx: Tx, pool: Pool, kind: Kind, user_id: str, most: int) -> list[Task]:
    if not most:
        return []
    count, after = max(most, LOOKED_AT_MAX), 0
    found: list[Task] = []
    for _ in range(LOOKS_MAX):
        page = await tasks.free(tx, pool.id, kind, user_id, after=after, count=count)
        found += [it for it in page if open_to(user_id, it.content)]
        # Those that come first may all be kept for others.
        if len(found) >= most or len(page) < count:
            break
        after = page[-1].id
    return found


async def _may_be_short(tx: Tx, pool: Pool, mixer: Mixer, now: int) -> bool:
    """Whether the last tasks may be given out though they do not fill a suite."""
    if mixer.force_last_assignment is False:
        return False
    pause = (mixer.force_last_assignment_delay_seconds or 0) * SECOND
    return not pause or await tasks.newest(tx, pool.id) + pause <= now


async def _give(world: World, tx: Tx, pool: Pool, suite: TaskSuite, *, user_id: str, by: Actor) -> Assignment:
    now, terms = world.clock.now(), pool.terms
    it = Assignment(
        id=world.ids.next(),
        pool_id=pool.id,
        owner_id=pool.owner_id,
        suite_id=suite.id,
        user_id=user_id,
        status=AssignmentStatus.ACTIVE,
        reward=terms.reward_per_assignment,
        solutions=None,
        public_comment="",
        created_at=now,
        submitted_at=None,
        accepted_at=None,
        rejected_at=None,
        skipped_at=None,
        expired_at=None,
        due_at=now + terms.assignment_max_duration_seconds * SECOND,
    )
    await assignments.insert(tx, it, suite.task_ids)
    await pools.touch(tx, pool.id, now)
    say(tx, it, "issued", now, by)
    return it


def say(tx: Tx, it: Assignment, what: str, now: int, by: Actor) -> None:
    """Something happened to an assignment."""
    data = {"assignment": show(it.id), "user": it.user_id}
    tx.append(NewEvent(at=now, name=f"assignment.{what}", target=f"pool:{it.pool_id}", by=by, data=data))


async def moved(world: World, tx: Tx, before: Assignment, after: Assignment, by: Actor) -> Assignment:
    """The assignment in its new status, as everybody sees it from now on. Unfit where it was moved meanwhile."""
    if not await assignments.move(tx, after, before.status):
        raise Unfit("inappropriate-status", "the assignment has just changed")
    now = world.clock.now()
    if after.status in {AssignmentStatus.SKIPPED, AssignmentStatus.EXPIRED}:
        await _give_back(tx, after)
    await pools.touch(tx, after.pool_id, now)
    say(tx, after, after.status.name.lower(), now, by)
    return after


async def expire(world: World, tx: Tx, it: Assignment, by: Actor) -> None:
    """Its time is over: somebody else is given it instead. Unfit where it was moved meanwhile."""
    over = msgspec.structs.replace(
        it, status=AssignmentStatus.EXPIRED, expired_at=world.clock.now(), due_at=None
    )
    await moved(world, tx, it, over, by)


async def _give_back(tx: Tx, it: Assignment) -> None:
    """Somebody else is given it instead."""
    suite = (await task_suites.some(tx, [it.suite_id]))[it.suite_id]
    if suite.mixed:
        await tasks.give(tx, suite.task_ids, -1)
    else:
        await task_suites.give(tx, suite.id, -1)


def refused(it: Assignment, *fitting: AssignmentStatus) -> Unfit:
    """No: the assignment is in another status than one of these."""
    names = [status.name for status in fitting]
    return Unfit(
        "inappropriate-status", f"the assignment is {it.status.name.lower()}", appropriate_statuses=names
    )
