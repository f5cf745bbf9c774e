"""How well somebody answers where the answer is known; a pool's rules may give them a skill for it."""

from headway.domain.skills.create import give
from headway.domain.world import World
from headway.errors import NotFound
from headway.ids import parse
from headway.model.assignments import Assignment
from headway.model.operations import Actor
from headway.model.pools import Pool
from headway.model.quality import GoldenSet, Rule, Score, earned, golden_sets
from headway.model.tasks import Kind, TaskSuite
from headway.store import control_answers, skills, tasks
from headway.store.control_answers import ControlAnswer
from headway.store.database import Tx


async def score(world: World, tx: Tx, pool: Pool, suite: TaskSuite, it: Assignment) -> None:
    """What was just answered to control tasks counts, whether it will be accepted or not; skills follow from it."""
    rules = golden_sets(pool.said.get("quality_control"))
    if not rules:
        return
    known = await tasks.some(tx, suite.task_ids)
    answers = [
        ControlAnswer(it.pool_id, it.user_id, it.id, id, earned(values, known[id].content["known_solutions"]))
        for id, values in zip(suite.task_ids, it.answers, strict=True)
        if known[id].kind is Kind.CONTROL
    ]
    if answers:
        await control_answers.insert(tx, answers)
        for one in rules:
            await _follow(world, tx, one, it)


async def _follow(world: World, tx: Tx, it: GoldenSet, about: Assignment) -> None:
    last = await control_answers.last(tx, about.pool_id, about.user_id, it.history_size)
    reached = Score(sum(last), len(last))
    for rule in it.rules:
        value = rule.given(reached)
        if value is not None:
            await _give(world, tx, rule, value, about)


async def _give(world: World, tx: Tx, rule: Rule, value: float, about: Assignment) -> None:
    try:
        skill = await skills.get(tx, about.owner_id, parse(rule.skill_id) or 0)
    except NotFound:
        # Whoever wrote the rule has no such skill any more: an answer is taken all the same.
        return
    before = await skills.of_user(tx, skill.id, about.user_id)
    if before is None or before.value != value:
        await give(world, tx, skill, about.user_id, value, by=Actor(account_id=about.owner_id))
