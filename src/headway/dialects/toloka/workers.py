"""Where work is given out and answers come in. The vendor has no public way for this; this one is ours.

Two may ask: a worker, with a token of their own, for themselves; and whoever owns the pool, with an API token, in the
name of those who work, whom it calls as it likes: by `user_id`.
"""

from headway.dialects.toloka import asked, params, project, wire
from headway.dialects.toloka.asked import Query
from headway.domain.assignments.issue import issue as issue_work
from headway.domain.assignments.submit import skip as skip_work
from headway.domain.assignments.submit import submit as submit_work
from headway.errors import Conflict
from headway.ids import show
from headway.model.fields import Errors, Reader, refuse_any
from headway.views import assignments, work
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty
from headway.web.says import Param, Says

LIMIT, LIMIT_MAX = 20, 50
USER = Param("user_id", "For whom, where it is the owner of the pools who asks.")


@Says(wire.OBJECT)
async def me(ask: Ask) -> Answer:
    """Who works, and for whom; without `user_id` where it is the owner of the pools who asks."""
    worker = ask.caller.worker
    who = {} if worker is None else {"user_id": worker.name}
    return answer({**who, "requester": {"id": show(ask.account.id), "name": ask.account.name}})


@Says(wire.Page, params=(USER, params.LIMIT, Param("id_gt", "Behind which id.")))
async def pools(ask: Ask) -> Answer:
    """The open pools, in the order in which they were made, and how much is left in each for somebody."""
    query = Query(ask)
    wanted = query.search(times=(), sorts=(), default=LIMIT, most=LIMIT_MAX)
    query.done()
    found = await work.page(ask.world.database, ask.account.id, _meant(ask), wanted)
    return answer(project.page([project.job(it) for it in found.items], has_more=found.has_more))


@Says(wire.OBJECT, params=(USER,))
async def pool(ask: Ask) -> Answer:
    """One, with the fields of its tasks and answers; also one that was closed, while something of it is in hand."""
    it = await work.get(ask.world.database, ask.account.id, _meant(ask), asked.id_of(ask, "pool"))
    return answer(project.job_in_full(it))


@Says(wire.OBJECT, 201, also={204: None}, body=wire.OBJECT, refuses=(Conflict,))
async def issue(ask: Ask) -> Answer:
    """What somebody has in hand then; nothing where there is nothing for them."""
    pool_id, user_id = asked.id_of(ask, "pool"), await _user(ask)
    it = await issue_work(ask.world, pool_id, user_id, ask.actor)
    return empty() if it is None else await _work(ask, it.id, 201)


@Says(wire.OBJECT)
async def get(ask: Ask) -> Answer:
    """One, as the one sees it who works on it."""
    return await _work(ask, asked.id_of(ask, "assignment"))


@Says(wire.OBJECT, body=wire.OBJECT, refuses=(Conflict,))
async def submit(ask: Ask) -> Answer:
    """Answer it."""
    id, given = asked.id_of(ask, "assignment"), await asked.object_of(ask)
    await submit_work(ask.world, id, given.get("solutions"), ask.actor, _self(ask))
    return await _work(ask, id)


@Says(wire.OBJECT, refuses=(Conflict,))
async def skip(ask: Ask) -> Answer:
    """Give it back."""
    id = asked.id_of(ask, "assignment")
    await skip_work(ask.world, id, ask.actor, _self(ask))
    return await _work(ask, id)


def _self(ask: Ask) -> str:
    """The worker who asks; empty for the owner of the pools, who may ask for anybody."""
    worker = ask.caller.worker
    return "" if worker is None else worker.name


def _meant(ask: Ask) -> str:
    """For whom the owner of the pools looks; a worker looks for themselves."""
    return _self(ask) or ask.query.get("user_id", "")


async def _user(ask: Ask) -> str:
    """Who is to have the work: a worker themselves, whatever they send."""
    if worker := _self(ask):
        return worker
    errors: Errors = {}
    user_id = Reader(await asked.object_of(ask), errors).text("user_id", required=True, longest=100)
    refuse_any(errors)
    return user_id or ""


async def _work(ask: Ask, id: int, status: int = 200) -> Answer:
    shown, spec = await assignments.given(ask.world.database, ask.account.id, id, _self(ask))
    hidden = frozenset(name for name, field in spec.input_spec.items() if field.hidden)
    it = project.work(shown, hidden, now=ask.world.clock.now())
    mine = {"id": show(ask.account.id), "myself": ask.caller.worker is None}
    return answer({**it, "owner": mine}, status)
