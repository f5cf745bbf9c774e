"""Before the terminal of a one-off."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from headway.domain.one_offs.attach import attach, leave, put
from headway.domain.one_offs.start import start
from headway.domain.world import World
from headway.errors import Conflict, Failure, Retry, Unavailable
from headway.ids import show
from headway.model.apps import App
from headway.model.one_offs import HUNG_UP, OneOff, Wish
from headway.store import events, one_offs
from headway.store.database import StorageFull
from tests.outside import Outside


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_it_starts_on_its_terminal_and_that_is_told(
    outside: Outside, world: World, attached: OneOff
) -> None:
    terminal = await attach(world, attached, outside.by)
    await terminal.write(b"hello\n\x04")
    assert await terminal.read() == b"hello\r\n"
    ended = await outside.runtime.ended(show(attached.id))
    assert ended is not None
    assert ended.exit_code == 4
    told = await outside.database.read(lambda tx: events.after(tx, 0, 1000))
    assert [event.data["label"] for event in told if event.name == "app.one_off_attached"] == ["one-off-1"]


async def test_it_is_attached_once(outside: Outside, world: World, attached: OneOff) -> None:
    await attach(world, attached, outside.by)
    with pytest.raises(Conflict, match="cannot be attached"):
        await attach(world, attached, outside.by)


async def test_a_detached_one_is_not(outside: Outside, world: World, detached: OneOff) -> None:
    with pytest.raises(Conflict, match="runs detached"):
        await attach(world, detached, outside.by)
    with pytest.raises(Conflict, match="runs detached"):
        await put(world, detached, "a", pieces(b"x"))


async def test_who_comes_early_waits_until_it_is_ready(outside: Outside, app: App) -> None:
    idle, _ = outside.process()
    it, _ = await start(idle, app, Wish(command="exit 0"), outside.by)
    early = asyncio.create_task(attach(idle, it, outside.by))
    async with outside.at_work():
        async with asyncio.timeout(30):
            await early


async def test_who_leaves_ends_it_and_the_reason_is_kept(
    outside: Outside, world: World, attached: OneOff
) -> None:
    terminal = await attach(world, attached, outside.by)
    await leave(world, attached, terminal, HUNG_UP)
    ended = await outside.runtime.ended(show(attached.id))
    assert ended is not None
    assert ended.exit_code == 129
    it = await outside.database.read(lambda tx: one_offs.get(tx, attached.id))
    assert it.reason == HUNG_UP


async def test_a_terminal_whose_beginning_cannot_be_told_is_hung_up(
    outside: Outside, attached: OneOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _ = outside.process()

    async def full(_body: object) -> None:
        raise StorageFull("full")

    monkeypatch.setattr(world.database, "write", full)
    with pytest.raises(StorageFull):
        await attach(world, attached, outside.by)
    ended = await outside.runtime.ended(show(attached.id))
    assert ended is not None
    assert ended.exit_code == 129


async def test_files_are_handed_in_before(outside: Outside, world: World, app: App) -> None:
    it, operation = await start(world, app, Wish(command="cat /tmp/uploads/a.txt"), outside.by)
    await outside.end_of(operation)
    await put(world, it, "a.txt", pieces(b"some", b"thing"))
    terminal = await attach(world, it, outside.by)
    assert await terminal.read() == b"something\r\n"
    with contextlib.suppress(Conflict):
        await put(world, it, "late.txt", pieces(b"x"))
        raise AssertionError


@pytest.mark.parametrize(
    ("trouble", "refusal"),
    [
        (Retry("not now"), Unavailable),
        (Failure("no-space", "full"), StorageFull),
        (Failure("x", "y"), Conflict),
    ],
)
async def test_trouble_with_a_file_is_told_as_what_it_is(
    outside: Outside, world: World, attached: OneOff, trouble: Exception, refusal: type[Exception]
) -> None:
    outside.runtime.fail_next("put", trouble)  # type: ignore[arg-type]
    with pytest.raises(refusal):
        await put(world, attached, "a", pieces(b"x"))


async def test_trouble_with_the_runtime_is_not_the_askers_fault(
    outside: Outside, world: World, attached: OneOff
) -> None:
    outside.runtime.fail_next("attach", Retry("not now"))
    with pytest.raises(Unavailable):
        await attach(world, attached, outside.by)
