import io
from collections.abc import AsyncIterator

import msgspec
from rich.console import Console

from headway.cli import terminal
from headway.dialects.headway.wire import By, Counts, Detail, Operation, Step

AT = "2026-01-02T03:04:05.000Z"
BEGUN = Operation(
    id="6956f8e50000000000000001",
    type="app.scale",
    target="app:1",
    phase="running",
    progress=0,
    turning_back=False,
    cancelling=False,
    attempt=1,
    summary="scale hello to 2 web",
    steps=[
        Step(title="start the added containers", state="running", started_at=AT),
        Step(title="send them traffic", state="waiting"),
    ],
    detail=None,
    created_at=AT,
    started_at=AT,
    updated_at=AT,
    finished_at=None,
    seq=1,
    by=By(account="", name="ada", dialect="headway", request_id=""),
    notes={},
    counts=Counts(steps=2, done=0, undone=0, attempts=0, claims=1, events=2),
    cancellation=None,
    because_of=None,
    children=[],
    links={},
)
DONE = Step(
    title="start the added containers", state="done", started_at=AT, finished_at="2026-01-02T03:04:05.400Z"
)
HALF = msgspec.structs.replace(BEGUN, steps=[DONE, BEGUN.steps[1]], progress=50)
FAILED = msgspec.structs.replace(
    HALF,
    phase="failed",
    finished_at=AT,
    detail=Detail("crashed-error", "web-2 crashed"),
    steps=[DONE, msgspec.structs.replace(BEGUN.steps[1], state="failed")],
)
HEAD = "app.scale 6956f8e50000000000000001 "


def told(before: Operation | None, now: Operation) -> list[str]:
    """The new lines without their time of day, which depends on where this runs."""
    return [line.split(" ", 1)[1] for line in terminal.lines(before, now)]


def test_an_operation_that_is_first_seen_is_told_by_its_summary() -> None:
    assert told(None, BEGUN) == [f"{HEAD} ▸ scale hello to 2 web"]


def test_a_step_is_told_once_when_it_is_done_with_how_long_it_took() -> None:
    assert told(BEGUN, HALF) == [f"{HEAD} ✓ start the added containers … done (0.4 s)"]
    assert told(HALF, HALF) == []


def test_an_end_is_told_with_its_reason() -> None:
    assert told(HALF, FAILED) == [f"{HEAD} ✗ send them traffic … failed", f"{HEAD} ✗ failed: web-2 crashed"]


async def seen() -> AsyncIterator[Operation]:
    """A whole life."""
    for it in (BEGUN, HALF, FAILED):
        yield it


async def test_elsewhere_than_on_a_terminal_plain_lines_are_written() -> None:
    paper = io.StringIO()
    assert await terminal.watch(Console(file=paper, width=40), seen()) == FAILED
    assert paper.getvalue().count("\n") == 4
    assert "\x1b" not in paper.getvalue()


async def test_on_a_terminal_the_whole_operation_is_left_standing() -> None:
    paper = io.StringIO()
    await terminal.watch(Console(file=paper, force_terminal=True, width=100), seen())
    assert "web-2 crashed" in paper.getvalue()
    assert "50 %" in paper.getvalue()
