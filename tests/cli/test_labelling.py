"""A crowd works over HTTP, each with a token of their own, on each database: nothing is lost, nothing given out too often."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest

from headway.cli.client import Client, Declined
from headway.cli.labelling import API, Door, Labelling, Refused, let_in
from headway.clock import SystemClock
from headway.dialects.headway.dialect import headway
from headway.dialects.toloka.dialect import TOLOKA
from headway.domain.catalog import CATALOG
from headway.domain.workers.create import create
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.ids import show
from headway.model.operations import Actor
from headway.model.pools import Pool
from headway.model.specs import FieldSpec
from headway.testing.crowd import answer, crowd, questions
from headway.testing.shift import Foreman, Shift
from headway.views.stories import Stories
from headway.web.ask import edge
from headway.web.dialect import mount
from tests.labelling import MIXER, a_pool, opened, with_suites, with_tasks
from tests.on_both import world
from tests.ready_made import SECRET, served

__all__ = ["world"]
PEOPLE = crowd(1, 20, 0.8, skips=0.05)
OF = questions(1, {"result": FieldSpec("string", allowed_values=["cat", "dog"])})
KNOWN = [{"output_values": {"result": "cat"}}]


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    feed = Feed(world.database)
    stories = Stories(world.database, feed, world.clock, CATALOG)
    site = mount(edge(world, feed), [TOLOKA, headway(stories)])
    async with served(site) as address, Client(f"http://{address}", SECRET) as client:
        yield client
    feed.close()


@pytest.fixture
async def labelling(client: Client) -> AsyncIterator[Labelling]:
    async with Labelling.at(client.url, client.token) as labelling:
        yield labelling


async def worked(client: Client, labelling: Labelling, pool: Pool) -> Shift:
    """What twenty at once have done."""
    shift = Shift()
    async with let_in(client, [it.name for it in PEOPLE.people]) as tokens:
        door = Door(labelling, show(pool.id), tokens)
        await Foreman(PEOPLE, OF, door, SystemClock()).all_at_once(shift)
    return shift


async def given_out(labelling: Labelling, pool: Pool, shift: Shift) -> list[tuple[str, str]]:
    """Which task was given to whom, of what was answered; every answer is the one that was given."""
    found = await labelling.ask("GET", f"{API}/assignments", pool_id=show(pool.id), limit=1000)
    states = Counter(it["status"] for it in found["items"])
    assert states == {"ACCEPTED": shift.suites} | ({"SKIPPED": shift.skipped} if shift.skipped else {})
    people = {it.name: it for it in PEOPLE.people}
    given: list[tuple[str, str]] = []
    for it in found["items"]:
        person = people[it["user_id"]]
        for task, said in zip(it["tasks"], it.get("solutions", ()), strict="solutions" in it):
            assert said["output_values"] == answer(PEOPLE, person, task["input_values"], OF)
            given.append((task["id"], person.name))
    return given


async def test_twenty_at_once_have_each_suite_as_often_as_it_says(
    world: World, by: Actor, client: Client, labelling: Labelling
) -> None:
    pool = await a_pool(world, by)
    await with_suites(world, by, pool, 12, overlap=5, size=3)
    pool = await opened(world, by, pool)
    shift = await worked(client, labelling, pool)
    given = await given_out(labelling, pool, shift)
    assert len(given) == len(set(given)) == shift.tasks == 180
    assert set(Counter(task for task, _ in given).values()) == {5}


async def test_twenty_at_once_have_mixed_tasks_as_often_as_they_say(
    world: World, by: Actor, client: Client, labelling: Labelling
) -> None:
    pool = await a_pool(world, by, mixer_config=MIXER)
    general = {show(id) for id in await with_tasks(world, by, pool, 24, overlap=5)}
    await with_tasks(world, by, pool, 20, overlap=None, infinite_overlap=True, known_solutions=KNOWN)
    pool = await opened(world, by, pool)
    shift = await worked(client, labelling, pool)
    given = await given_out(labelling, pool, shift)
    assert len(given) == len(set(given)) == shift.tasks
    assert Counter(task for task, _ in given if task in general) == dict.fromkeys(general, 5)


async def test_those_who_worked_are_not_let_in_any_more(
    world: World, by: Actor, client: Client, labelling: Labelling
) -> None:
    pool, name = await a_pool(world, by), PEOPLE.people[0].name
    for _ in range(2):
        async with let_in(client, [name]), let_in(client, [name]) as tokens:
            door = Door(labelling, show(pool.id), tokens)
            assert await door.take(name) is None
    with pytest.raises(Refused):
        await door.take(name)


async def test_a_worker_of_that_name_is_left_alone(
    world: World, by: Actor, client: Client, labelling: Labelling
) -> None:
    pool = await a_pool(world, by)
    _, secret = await create(world, "bob", by)
    with pytest.raises(Declined):
        async with let_in(client, ["ann", "bob"]):
            raise AssertionError("bob was let in twice")
    assert await Door(labelling, show(pool.id), {"bob": secret}).take("bob") is None
    made, _ = await create(world, "ann", by)
    assert made.name == "ann"


async def test_a_refusal_tells_every_wrong_field(labelling: Labelling) -> None:
    with pytest.raises(Refused, match=r"private_name: .*will_expire: ") as refusal:
        await labelling.ask("POST", f"{API}/pools", {"project_id": "x"})
    assert (refusal.value.status, refusal.value.code) == (400, "VALIDATION_ERROR")


async def test_what_an_answer_consists_of_is_asked(world: World, by: Actor, labelling: Labelling) -> None:
    pool = await a_pool(world, by)
    with pytest.raises(Refused):
        await labelling.fields(show(pool.id))
    await opened(world, by, pool)
    assert await labelling.fields(show(pool.id)) == OF.fields
