"""What every runtime promises: each test runs on the stand-in and on each level that this machine offers."""

import asyncio
import contextlib
import signal

import pytest

from headway.errors import Failure, Retry
from headway.model.sizes import SIZES
from tests.runtimes.bench import (
    LEVELS,
    clear,
    connects,
    lines,
    make,
    reachable_folder,
    serving,
    settled,
    task,
    text,
    unit,
)


@pytest.fixture
def place():
    with reachable_folder() as folder:
        yield folder


@pytest.fixture(params=["memory", *(f"process-{level}" for level in LEVELS)])
async def runtime(request, place):
    ready, stop = asyncio.Event(), asyncio.Event()
    made = make(request.param, place / "runtime")
    life = asyncio.create_task(made.serve(ready, stop))
    await ready.wait()
    yield made
    await clear(made)
    stop.set()
    await life


async def test_a_unit_that_is_ready_accepts_connections(runtime, place):
    begun = await runtime.ensure(unit(place, "u1"))
    status = await runtime.ready("u1", seconds=20)

    assert (begun.id, begun.app_id, begun.label) == ("u1", "a", "web-1")
    assert (status.state, status.crashes, status.exit_code) == ("running", 0, None)
    assert status.started_at is not None
    assert connects(status.address)


async def test_a_unit_that_is_there_is_left_as_it_is(runtime, place):
    await runtime.ensure(unit(place, "u1"))
    first = await runtime.ready("u1", seconds=20)

    assert await runtime.ensure(unit(place, "u1")) == first
    assert await runtime.units() == [first]


async def test_starting_one_unit_twice_at_once_starts_it_once(runtime, place):
    both = await asyncio.gather(
        *(runtime.ensure(unit(place, "u1", "echo hello; sleep 1000")) for _ in range(2))
    )

    assert both[0].started_at == both[1].started_at
    assert text(await lines(runtime, 1)) == [b"hello"]


async def test_a_unit_that_does_not_listen_is_ready_once_it_runs(runtime, place):
    await runtime.ensure(unit(place, "u1", "sleep 1000", listens=False))
    status = await runtime.ready("u1", seconds=20)

    assert (status.state, status.address) == ("running", None)


async def test_a_unit_that_never_listens_is_not_ready_and_its_last_words_are_told(runtime, place):
    await runtime.ensure(unit(place, "u1", "echo still loading; sleep 1000"))
    await lines(runtime, 1)

    with pytest.raises(Failure, match=r"(?s)web-1 did not accept.*still loading") as raised:
        await runtime.ready("u1", seconds=0.05)
    assert raised.value.code == "timeout-error"


async def test_a_unit_that_ends_is_not_ready_and_its_last_words_are_told(runtime, place):
    await runtime.ensure(unit(place, "u1", "echo no database; exit 7"))

    with pytest.raises(Failure, match=r"(?s)web-1 ended.*no database") as raised:
        await runtime.ready("u1", seconds=20)
    assert raised.value.code == "crashed-error"


async def test_last_words_are_told_also_when_they_have_been_kept_elsewhere(runtime, place):
    await runtime.ensure(unit(place, "u1", "echo no database; exit 7"))
    said = await lines(runtime, 1)
    await runtime.forget_output("u1", said[-1].end)

    with pytest.raises(Failure, match=r"(?s)web-1 ended.*no database"):
        await runtime.ready("u1", seconds=20)


async def test_a_unit_that_is_not_there_is_not_ready(runtime):
    with pytest.raises(Failure, match="u9 is not there"):
        await runtime.ready("u9", seconds=1)


async def test_a_unit_that_crashes_too_often_stays_down_and_its_exit_code_is_kept(runtime, place):
    await runtime.ensure(unit(place, "u1", "exit 3", listens=False))
    await settled(runtime, "u1", "crashed")

    (status,) = await runtime.units()
    assert (status.crashes, status.exit_code) == (4, 3)


async def test_a_unit_keeps_its_port_when_it_starts_again(runtime, place):
    first = await runtime.ensure(unit(place, "u1", "echo $PORT; exit 1"))
    await settled(runtime, "u1", "crashed")

    said = [line for line in text(await lines(runtime, 8)) if line.isdigit()]
    assert said == [b"%d" % first.address[1]] * 4


async def test_units_do_not_share_a_port(runtime, place):
    ports = [(await runtime.ensure(unit(place, f"u{n}", "sleep 1000"))).address[1] for n in range(5)]

    assert len(set(ports)) == 5


async def test_a_stopped_unit_is_gone_and_stopping_it_again_changes_nothing(runtime, place):
    await runtime.ensure(unit(place, "u1"))
    status = await runtime.ready("u1", seconds=20)
    await runtime.stop("u1")
    await runtime.stop("u1")

    assert await runtime.units() == []
    assert not connects(status.address)


async def test_stopping_what_is_not_there_is_nothing_and_nothing_more_will_come_of_it(runtime):
    await runtime.stop("u9")

    assert await runtime.forget_output("u9", 5)


async def test_a_crashed_unit_can_be_stopped(runtime, place):
    await runtime.ensure(unit(place, "u1", "exit 3", listens=False))
    await settled(runtime, "u1", "crashed")
    await runtime.stop("u1")

    assert await runtime.units() == []


async def test_a_stopped_unit_can_be_started_again(runtime, place):
    await runtime.ensure(unit(place, "u1"))
    await runtime.stop("u1")
    await runtime.ensure(unit(place, "u1"))
    status = await runtime.ready("u1", seconds=20)

    assert (status.state, status.crashes) == ("running", 0)
    assert connects(status.address)


async def test_units_come_by_label_of_one_app_or_of_all(runtime, place):
    for id, app, label in (("u1", "a", "web-2"), ("u2", "b", "web-1"), ("u3", "a", "clock-1")):
        await runtime.ensure(unit(place, id, "sleep 1000", app_id=app, label=label, listens=False))

    assert [status.id for status in await runtime.units()] == ["u3", "u2", "u1"]
    assert [status.id for status in await runtime.units("a")] == ["u3", "u1"]


async def test_output_resumes_behind_the_offset_that_was_given(runtime, place):
    await runtime.ensure(unit(place, "u1", "echo one; echo two; sleep 1000", listens=False))
    first = await lines(runtime, 2)
    await runtime.ensure(unit(place, "u2", "echo three; sleep 1000", listens=False, label="web-2"))
    (second,) = await lines(runtime, 1, {"u1": first[-1].end})

    assert text(first) == [b"one", b"two"]
    assert first[-1].end == len(b"one\ntwo\n")
    assert (second.unit, second.app_id, second.label, second.lines) == ("u2", "a", "web-2", [b"three"])


async def test_output_that_is_followed_brings_units_to_come(runtime, place):
    async with asyncio.timeout(20), contextlib.aclosing(runtime.output({})) as output:
        following = asyncio.create_task(anext(output))
        await runtime.ensure(unit(place, "u1", "echo hello; sleep 1000", listens=False))
        assert (await following).lines == [b"hello"]


async def test_the_output_of_a_stopped_unit_stays_until_all_of_it_is_kept_elsewhere(runtime, place):
    await runtime.ensure(unit(place, "u1", "echo one; sleep 1000", listens=False))
    await lines(runtime, 1)
    await runtime.stop("u1")
    assert not await runtime.forget_output("u1", 0)
    kept = await lines(runtime, 1)
    assert await runtime.forget_output("u1", kept[-1].end)
    await runtime.ensure(unit(place, "u2", "echo two; sleep 1000", listens=False))

    assert text(kept)[0] == b"one"
    assert text(await lines(runtime, 1)) == [b"two"]


async def test_a_unit_that_runs_is_not_forgotten(runtime, place):
    await runtime.ensure(unit(place, "u1", "sleep 1000", listens=False))

    assert not await runtime.forget_output("u1", 1000)
    assert [status.id for status in await runtime.units()] == ["u1"]


@pytest.mark.parametrize("command", ["sleep 1000", "echo one; sleep 1000"])
async def test_a_unit_that_stops_is_told_of_once_more_behind_all_that_it_said(runtime, place, command):
    await runtime.ensure(unit(place, "u1", command, listens=False))
    said = await lines(runtime, 1) if "echo" in command else []
    async with asyncio.timeout(20), contextlib.aclosing(runtime.output({})) as output:
        following = asyncio.create_task(_until_the_end(output))
        await runtime.stop("u1")
        *before, last = await following

    assert text(before)[: len(text(said))] == text(said)
    assert (last.lines, last.end) == ([], before[-1].end if before else 0)
    assert await runtime.forget_output("u1", last.end)


async def test_a_unit_that_was_forgotten_can_be_begun_anew_and_is_heard(runtime, place):
    async with asyncio.timeout(20), contextlib.aclosing(runtime.output({})) as output:
        for word in ("one", "two", "three"):
            await runtime.ensure(unit(place, "u1", f"echo {word}; sleep 1000", listens=False))
            said = await anext(output)
            following = asyncio.create_task(_until_the_end(output))
            await runtime.stop("u1")
            ended = await following

            assert said.lines == [word.encode()]
            assert await runtime.forget_output("u1", ended[-1].end)


async def _until_the_end(output):
    found = []
    async for run in output:
        found.append(run)
        if not run.lines:
            break
    return found


async def test_offsets_stay_when_output_is_forgotten(runtime, place):
    await runtime.ensure(unit(place, "u1", "echo one; echo two; sleep 1000", listens=False))
    await lines(runtime, 2)
    await runtime.forget_output("u1", len(b"one\n"))
    again = await lines(runtime, 1, {"u1": len(b"one\n")})

    assert text(again) == [b"two"]
    assert again[-1].end == len(b"one\ntwo\n")


async def test_long_lines_come_in_pieces(runtime, place):
    await runtime.ensure(unit(place, "u1", f"echo {'x' * 40_000}; sleep 1000", listens=False))

    assert [len(piece) for piece in text(await lines(runtime, 3))] == [16384, 16384, 7232]


async def test_a_unit_sees_its_environment(runtime, place):
    environment = {"GREETING": 'it\'s "fine"'}
    await runtime.ensure(
        unit(place, "u1", "echo $GREETING; sleep 1000", environment=environment, listens=False)
    )

    assert text(await lines(runtime, 1)) == [b'it\'s "fine"']


async def test_a_task_runs_to_its_end_and_is_heard(runtime, place):
    heard = bytearray()
    asked = task(place, "t1", "echo $WHAT; echo done; exit 4", environment={"WHAT": "building"})

    assert await runtime.perform(asked, heard.extend) == 4
    assert heard == b"building\ndone\n"


async def test_a_task_that_takes_too_long_fails(runtime, place):
    with pytest.raises(Failure) as raised:
        await runtime.perform(task(place, "t1", "sleep 1000", seconds_max=0.1), bytes)
    assert raised.value.code == "timeout-error"


async def test_a_task_can_be_cancelled(runtime, place):
    heard = asyncio.Event()
    running = asyncio.create_task(
        runtime.perform(task(place, "t1", "echo here; sleep 1000"), lambda _: heard.set())
    )
    await heard.wait()
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running


async def test_what_it_offers_is_said_in_words(runtime):
    assert {offer.level for offer in runtime.offers()} <= {"good", "reduced", "missing"}
    assert all(offer.text for offer in runtime.offers())


@pytest.mark.parametrize("kind", ["memory", *(f"process-{level}" for level in LEVELS)])
async def test_a_runtime_that_does_not_serve_says_not_now(kind, place):
    runtime = make(kind, place / "runtime")
    with pytest.raises(Retry):
        await runtime.ensure(unit(place, "u1"))
    async with serving(runtime):
        assert await runtime.units() == []


# Units that run once, and their terminals


def once(place, id, command, **wanted):
    return unit(place, id, command, label="one-off-1", listens=False, once=True, **wanted)


def attended(place, id, command):
    return once(place, id, command, terminal=True)


async def ended(runtime, id):
    async with asyncio.timeout(20):
        return await runtime.ended(id)


async def screen(terminal):
    """All that is said on a terminal, to its end."""
    said = b""
    async with asyncio.timeout(20):
        while piece := await terminal.read():
            said += piece
    return said


async def pieces(*parts):
    for part in parts:
        yield part


async def test_a_unit_that_runs_once_runs_once_and_stays_with_its_exit_code_until_it_is_stopped(
    runtime, place
):
    await runtime.ensure(once(place, "u1", "echo once; exit 3"))
    status = await ended(runtime, "u1")
    said = await lines(runtime, 1)
    again = await runtime.ensure(once(place, "u1", "echo once; exit 3"))

    assert (status.state, status.exit_code, status.crashes) == ("ended", 3, 0)
    assert again == status
    assert await runtime.units() == [status]
    assert text(said).count(b"once") == 1
    await runtime.stop("u1")
    assert await runtime.units() == []


async def test_the_last_words_of_a_unit_stay_when_it_has_ended(runtime, place):
    await runtime.ensure(once(place, "u1", "echo one; echo two; exit 3"))
    await ended(runtime, "u1")

    # The real one adds how it ended.
    assert (await runtime.last_lines("u1"))[:2] == ["one", "two"]
    assert await runtime.last_lines("nothing") == []


async def test_ends_are_told_present_ones_and_those_to_come(runtime, place):
    await runtime.ensure(once(place, "u1", "exit 1"))
    await ended(runtime, "u1")
    async with asyncio.timeout(20), contextlib.aclosing(runtime.ends()) as ends:
        first = await anext(ends)
        following = asyncio.create_task(anext(ends))
        await runtime.ensure(once(place, "u2", "exit 2"))
        second = await following

    assert [(it.id, it.exit_code) for it in (first, second)] == [("u1", 1), ("u2", 2)]


async def test_of_what_is_not_there_no_end_is_waited_for(runtime):
    assert await runtime.ended("u9") is None
    assert not await runtime.signal("u9", signal.SIGTERM)


async def test_a_signal_ends_a_unit_that_runs_once(runtime, place):
    await runtime.ensure(once(place, "u1", "echo up; sleep 1000"))
    await lines(runtime, 1)

    assert await runtime.signal("u1", signal.SIGTERM)
    assert (await ended(runtime, "u1")).exit_code == 143
    assert not await runtime.signal("u1", signal.SIGTERM)


async def test_who_waits_for_the_end_of_a_unit_that_is_stopped_is_told(runtime, place):
    await runtime.ensure(once(place, "u1", "sleep 1000"))
    async with asyncio.timeout(20):
        waiting = asyncio.create_task(runtime.ended("u1"))
        await asyncio.sleep(0)
        await runtime.stop("u1")
        await waiting


async def test_a_unit_with_a_terminal_waits_for_it_and_then_speaks_to_it_alone(runtime, place):
    begun = await runtime.ensure(attended(place, "u1", "echo hello; exit 7"))
    assert (begun.state, begun.started_at) == ("starting", None)

    terminal = await runtime.attach("u1")
    assert await screen(terminal) == b"hello\r\n"
    assert (await ended(runtime, "u1")).exit_code == 7
    terminal.hang_up()
    await runtime.stop("u1")
    async with asyncio.timeout(20), contextlib.aclosing(runtime.output({})) as output:
        assert (await anext(output)).lines == []


async def test_what_is_typed_arrives(runtime, place):
    await runtime.ensure(attended(place, "u1", "cat; exit 4"))
    terminal = await runtime.attach("u1")
    terminal.echo(on=False)
    terminal.resize(101, 31)
    for typed in (b"one\ntw", b"o\n", b"\x04"):
        await terminal.write(typed)

    assert await screen(terminal) == b"one\r\ntwo\r\n"
    assert (await ended(runtime, "u1")).exit_code == 4
    await terminal.write(b"too late\n")
    terminal.hang_up()


async def test_a_unit_is_attached_once(runtime, place):
    await runtime.ensure(attended(place, "u1", "sleep 1000"))
    await runtime.ensure(once(place, "u2", "sleep 1000"))
    terminal = await runtime.attach("u1")
    for id in ("u1", "u2", "u9"):
        with pytest.raises(Failure) as raised:
            await runtime.attach(id)
        assert raised.value.code == "not-waiting"
        with pytest.raises(Failure) as raised:
            await runtime.put(id, "late.txt", pieces(b"x"))
        assert raised.value.code == "not-waiting"
    terminal.hang_up()


async def test_a_terminal_that_is_hung_up_ends_its_unit(runtime, place):
    await runtime.ensure(attended(place, "u1", "echo up; sleep 1000"))
    terminal = await runtime.attach("u1")
    assert await terminal.read() == b"up\r\n"
    terminal.hang_up()
    terminal.hang_up()

    assert (await ended(runtime, "u1")).exit_code == 129
    assert await terminal.read() == b""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_a_unit_that_waits_for_its_terminal_can_be_ended(runtime, place, number):
    await runtime.ensure(attended(place, "u1", "sleep 1000"))

    assert not await runtime.signal("u1", signal.SIGUSR1)
    assert await runtime.signal("u1", number)
    assert (await ended(runtime, "u1")).exit_code == 128 + number
    with pytest.raises(Failure):
        await runtime.attach("u1")


async def test_a_unit_that_waits_for_its_terminal_can_be_stopped(runtime, place):
    await runtime.ensure(attended(place, "u1", "sleep 1000"))
    await runtime.stop("u1")

    assert await runtime.units() == []


async def test_files_are_there_when_it_starts(runtime, place, request):
    folder = "$TMPDIR/uploads" if "process-D" in request.node.name else "/tmp/uploads"
    await runtime.ensure(attended(place, "u1", f"cat {folder}/notes.txt"))
    await runtime.put("u1", "notes.txt", pieces(b"first"))
    await runtime.put("u1", "notes.txt", pieces(b"of", b" all"))
    terminal = await runtime.attach("u1")

    assert (await screen(terminal)).strip() == b"of all"
    terminal.hang_up()


async def test_a_file_whose_coming_was_cut_off_is_not_there(runtime, place, request):
    async def torn():
        yield b"half"
        raise ConnectionError

    await runtime.ensure(attended(place, "u1", "echo there; exit 0"))
    with pytest.raises(ConnectionError):
        await runtime.put("u1", "notes.txt", torn())
    terminal = await runtime.attach("u1")
    assert await screen(terminal) == b"there\r\n"
    terminal.hang_up()


async def test_what_a_unit_uses_is_told_while_it_runs(runtime, place):
    await runtime.ensure(unit(place, "u1"))
    await runtime.ensure(unit(place, "u2", label="web-2", size=SIZES["M"]))
    await runtime.ensure(unit(place, "u3", app_id="b"))
    for id in ("u1", "u2", "u3"):
        await runtime.ready(id, seconds=20)

    first, second = await runtime.usage("a")
    assert (first.id, first.app_id, first.label, first.memory_limit_bytes) == ("u1", "a", "web-1", 256 << 20)
    assert (second.id, second.label, second.memory_limit_bytes) == ("u2", "web-2", 512 << 20)
    for told in (first, second):
        assert 0 < told.memory_bytes <= told.memory_highest_bytes <= told.memory_limit_bytes
        assert (told.swap_bytes, told.swap_highest_bytes) == (0, 0)
        assert 0 <= told.cpu_seconds < 60
    assert {it.id for it in await runtime.usage()} == {"u1", "u2", "u3"}
    later = await runtime.usage("a")
    assert all(
        after.cpu_seconds >= told.cpu_seconds for told, after in zip((first, second), later, strict=True)
    )


async def test_a_unit_that_runs_nothing_uses_nothing(runtime, place):
    await runtime.ensure(unit(place, "u1", "exit 1", listens=False))
    await runtime.ensure(unit(place, "u2", "sleep 1000", listens=False))
    await settled(runtime, "u1", "crashed")
    await runtime.stop("u2", grace_seconds=0)

    assert await runtime.usage() == []
    assert await runtime.usage("nobody") == []
