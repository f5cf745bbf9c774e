"""Starting a one-off: what is run, what is refused, and that it is run once."""

import contextlib

import pytest

from headway.domain.apps.create import create
from headway.domain.one_offs.end import record_end
from headway.domain.one_offs.start import START, Start, begin, start
from headway.domain.operations.cancel import cancel
from headway.domain.world import World
from headway.errors import Conflict, Failure, Invalid, KeyReused, NotFound
from headway.ids import show
from headway.model.apps import App
from headway.model.one_offs import OneOff, Wish
from headway.model.operations import Operation, Phase
from headway.store import events, one_offs
from tests.outside import Outside

WORK = Wish(command="work beside", detached=True)


async def now(outside: Outside, it: OneOff) -> OneOff:
    return await outside.database.read(lambda tx: one_offs.get(tx, it.id))


async def test_a_detached_one_runs_and_speaks(outside: Outside, world: World, app: App) -> None:
    wish = Wish(command="echo hello $WHO; work", environment={"WHO": "you"}, detached=True)
    it, operation = await start(world, app, wish, outside.by)
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    assert await outside.labels(app) == ["one-off-1", "web-1", "web-2", "worker-1"]
    async with contextlib.aclosing(outside.runtime.output({})) as output:
        async for run in output:
            if run.unit == show(it.id):
                break
    assert run.lines == [b"hello you"]
    assert (await now(outside, it)).settled_at is not None


async def test_an_attached_one_waits(outside: Outside, attached: OneOff, app: App) -> None:
    (status,) = [it for it in await outside.units(app) if it.id == show(attached.id)]
    assert (status.state, status.started_at) == ("starting", None)


async def test_it_is_told_without_its_environment(outside: Outside, world: World, app: App) -> None:
    wish = Wish(command="work", environment={"SECRET": "word"}, detached=True)
    it, operation = await start(world, app, wish, outside.by)
    ended = await outside.end_of(operation)
    told = await outside.database.read(lambda tx: events.of_operation(tx, operation.id))
    (started,) = [event for event in told if event.name == "app.one_off_started"]
    assert (started.data["label"], started.data["command"]) == ("one-off-1", "work")
    assert "word" not in ended.params + str(told)
    assert (await now(outside, it)).environment == {"SECRET": "word"}


async def test_the_command_of_a_type_goes_before(outside: Outside, world: World, app: App) -> None:
    wish = Wish(command="-v", type="worker", detached=True)
    it, operation = await start(world, app, wish, outside.by)
    await outside.end_of(operation)
    assert it.command == "work -v"
    with pytest.raises(NotFound) as refused:
        await start(world, app, Wish(command="", type="clock"), outside.by)
    assert refused.value.noun == "container_type"


async def test_there_is_nothing_to_run_in_an_app_that_was_never_deployed(
    outside: Outside, world: World
) -> None:
    bare = await create(world, "never-deployed", outside.by)
    with pytest.raises(Conflict, match="never deployed"):
        await start(world, bare, WORK, outside.by)


@pytest.mark.parametrize("limit", ["one_offs_per_app_max", "one_offs_per_account_max"])
async def test_one_more_than_may_be_is_refused_until_one_has_ended(
    outside: Outside, app: App, limit: str
) -> None:
    outside.settings(**{limit: 1})
    async with outside.at_work() as world:
        it, operation = await start(world, app, WORK, outside.by)
        with pytest.raises(Invalid, match="at most 1"):
            await start(world, app, WORK, outside.by)
        await outside.end_of(operation)
        await outside.database.write(lambda tx: record_end(tx, it.id, 0, outside.clock.now()))
        assert (await start(world, app, WORK, outside.by))[0].label == "one-off-2"


async def test_the_same_key_is_the_same_one_off(outside: Outside, world: World, app: App) -> None:
    first = await start(world, app, WORK, outside.by, "abc")
    again = await start(world, app, WORK, outside.by, "abc")
    assert (again[0].id, again[1].id) == (first[0].id, first[1].id)
    with pytest.raises(KeyReused):
        await start(world, app, Wish(command="other"), outside.by, "abc")
    await outside.end_of(first[1])


async def test_one_that_cannot_be_started_is_over(outside: Outside, world: World, app: App) -> None:
    outside.runtime.fail_next("ensure", Failure("no-space", "full"))
    it, operation = await start(world, app, WORK, outside.by)
    assert (await outside.end_of(operation)).phase is Phase.FAILED
    it = await now(outside, it)
    assert (it.exit_code, it.reason) == (126, "failed")
    assert it.settled_at is not None
    assert "one-off-1" not in await outside.labels(app)


async def test_one_that_is_cancelled_before_it_began_is_over(outside: Outside, app: App) -> None:
    world, _ = outside.process()
    it, operation = await start(world, app, WORK, outside.by)
    await cancel(world, operation.id, "", by=outside.by)
    assert (await now(outside, it)).reason == "failed"


class Again:
    """A run of the step after a crash."""

    def __init__(self, world: World, it: OneOff, operation: Operation) -> None:
        self.world, self.operation, self.notes = world, operation, dict[str, object]()
        self.params = Start(app_id=it.app_id, one_off_id=it.id, label=it.label, detached=True)

    def say(self, text: str) -> None:
        pass


async def test_one_that_has_ended_is_not_run_again(outside: Outside, world: World, app: App) -> None:
    it, operation = await start(world, app, WORK, outside.by)
    await outside.end_of(operation)
    await outside.database.write(lambda tx: record_end(tx, it.id, 0, outside.clock.now()))
    await outside.runtime.stop(show(it.id))
    await begin(Again(world, it, operation))
    assert "one-off-1" not in await outside.labels(app)


async def test_one_that_was_stopped_before_it_began_does_not_begin(
    outside: Outside, world: World, app: App
) -> None:
    it, operation = await start(world, app, WORK, outside.by)
    await outside.end_of(operation)
    await outside.database.write(lambda tx: one_offs.because(tx, it.id, "stopped"))
    with pytest.raises(Failure, match="before it began"):
        await begin(Again(world, it, operation))


def test_a_one_off_holds_nothing() -> None:
    assert not START.exclusive
    params = Start(app_id=5, one_off_id=6, label="one-off-1", detached=True)
    assert START.summary is not None
    assert (START.target(params), START.summary(params)) == ("app:5", "start one-off-1 detached")
