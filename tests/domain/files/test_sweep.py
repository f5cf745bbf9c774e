"""Contents that nothing has any more go, and no others."""

import asyncio

from headway.domain.files.delete import delete
from headway.domain.files.export import export
from headway.domain.files.sweep import Sweeper
from headway.domain.world import World
from headway.model.files import File
from headway.model.operations import Phase
from headway.store import exports
from headway.store.blobs import Blobs
from tests.domain.files.conftest import Upload
from tests.outside import Outside
from tests.ready_made import HandClock


async def test_a_content_goes_when_two_sweeps_found_that_nothing_has_it(
    outside: Outside, upload: Upload
) -> None:
    one, two = await upload("one.csv", b"1"), await upload("two.csv", b"2")
    again = await upload("again.csv", b"2")
    clock = ahead(outside)
    world = outside.process()[0]
    sweeper = Sweeper(world)
    for file in (one, two):
        await delete(world, file.id, outside.by)
    assert await sweeper.sweep() == 0
    clock.ahead += 4000
    assert [await sweeper.sweep(), await sweeper.sweep()] == [0, 1]
    assert not world.blobs.path(one.digest).exists()
    await world.blobs.verify(again.digest)


async def test_another_process_begins_to_look_anew(outside: Outside, upload: Upload) -> None:
    file = await upload("one.csv", b"1")
    world = outside.process()[0]
    await delete(world, file.id, outside.by)
    ahead(outside).ahead += 4000
    assert await Sweeper(world).sweep() == 0
    assert await Sweeper(world).sweep() == 0
    await world.blobs.verify(file.digest)


async def test_what_an_export_made_stays_as_long_as_its_operation(
    outside: Outside, world: World, folder: File
) -> None:
    operation = await export(world, folder.id, "", outside.by)
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    made = await world.database.read(lambda tx: exports.get(tx, operation.id))
    clock = ahead(outside)
    sweeper = Sweeper(outside.process()[0])
    clock.ahead += 86_400
    assert [await sweeper.sweep(), await sweeper.sweep()] == [0, 0]
    await world.blobs.verify(made.digest)
    clock.ahead += 31 * 86_400
    assert [await sweeper.sweep(), await sweeper.sweep()] == [0, 1]
    assert not world.blobs.path(made.digest).exists()


async def test_it_clears_what_was_half_taken_in_before_it_is_ready(outside: Outside, upload: Upload) -> None:
    file = await upload("one.csv", b"1")
    world = outside.process()[0]
    half = world.blobs.path(file.digest).parents[1] / "incoming" / "half"
    half.write_bytes(b"")
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(Sweeper(world).serve(ready, stop))
        await ready.wait()
        assert not half.exists()
        stop.set()


def ahead(outside: Outside) -> HandClock:
    """A clock for what is made from now on, which a hand moves."""
    clock = HandClock()
    outside.clock = clock
    outside.blobs = Blobs(outside.config.folder / "files", clock)
    return clock
