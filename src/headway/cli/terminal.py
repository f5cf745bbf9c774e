"""How the command line shows what happens: live on a terminal, a line for each thing that happened elsewhere."""

from collections.abc import AsyncIterator, Iterator
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from headway.cli.moments import clock, moment, seconds
from headway.cli.output import colour
from headway.dialects.headway.wire import Operation, Step
from headway.errors import Refusal

ENDED: Final = {"succeeded", "failed", "cancelled"}
MARKS: Final = {
    "waiting": ("·", "dim"),
    "running": ("▸", "cyan"),
    "done": ("✓", "green"),
    "failed": ("✗", "red"),
    "undoing": ("◂", "yellow"),
    "undone": ("↶", "yellow"),
}
LEVELS: Final = {"good": ("✓", "green"), "reduced": ("~", "yellow"), "missing": ("✗", "red")}


async def watch(console: Console, seen: AsyncIterator[Operation]) -> Operation:
    """Show an operation as it goes on; what it was when it ended."""
    return await (_live(console, seen) if console.is_terminal else _plain(console, seen))


async def followed(seen: AsyncIterator[Operation]) -> Operation:
    """The same, where this command prints."""
    return await watch(Console(), seen)


async def to_success(console: Console, seen: AsyncIterator[Operation]) -> Operation:
    """Watch it; Refusal where it ends otherwise than well."""
    ended = await watch(console, seen)
    if ended.phase != "succeeded":
        raise Refusal(f"{ended.type} {ended.id} ended {ended.phase}")
    return ended


async def _live(console: Console, seen: AsyncIterator[Operation]) -> Operation:
    last: Operation | None = None
    with Live(console=console, transient=True, auto_refresh=False) as live:
        async for last in seen:
            live.update(picture(last), refresh=True)
    assert last is not None, "an operation is always seen at least once"
    console.print(picture(last))
    return last


async def _plain(console: Console, seen: AsyncIterator[Operation]) -> Operation:
    last: Operation | None = None
    async for now in seen:
        for line in lines(last, now):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        last = now
    assert last is not None, "an operation is always seen at least once"
    return last


def shown(it: Operation) -> None:
    """Print it as it stands, and what else is known of it."""
    Console().print(picture(it), *beside(it))


def picture(it: Operation) -> Group:
    """The whole operation as it stands."""
    head = Text.assemble((it.type, "bold"), "  ", (it.id, "dim"), f"  {it.summary}")
    style, bar = colour(it.phase), Table.grid(padding=(0, 1))
    bar.add_row(
        ProgressBar(total=100, completed=it.progress, width=40, complete_style=style, finished_style=style),
        f"{it.progress:3} %",
        Text(it.phase, style),
    )
    told = [Text.assemble("  ", MARKS[step.state], " ", step.title, (took(step), "dim")) for step in it.steps]
    why = [Text(f"  {it.detail.text}", "red")] if it.detail else []
    return Group(head, bar, *told, *why)


def lines(before: Operation | None, now: Operation) -> Iterator[str]:
    """What is new, a line each: `12:01:03 app.scale 6720…  ✓ start the added containers … done (0.4 s)`."""
    head = f"{now.type} {now.id} "
    if before is None:
        yield f"{clock(now.created_at)} {head} ▸ {now.summary}"
    for n, step in enumerate(now.steps):
        earlier = before.steps[n].state if before else "waiting"
        if step.state != earlier and step.state not in {"running", "waiting", "undoing"}:
            at = clock(step.finished_at or now.updated_at)
            yield f"{at} {head} {MARKS[step.state][0]} {step.title} … {step.state}{took(step)}"
    if now.phase in ENDED and (before is None or before.phase != now.phase):
        why = f": {now.detail.text}" if now.detail else ""
        yield f"{clock(now.finished_at or now.updated_at)} {head} {'✓' if now.phase == 'succeeded' else '✗'} {now.phase}{why}"


def took(step: Step) -> str:
    """` (0.4 s)`, or nothing while it is not known."""
    if step.started_at is None or step.finished_at is None:
        return ""
    return f" ({seconds(step.started_at, step.finished_at):.1f} s)"


def beside(it: Operation) -> Iterator[Text]:
    """What else is known of it: who began it, what became of a wish to cancel it, what belongs to it."""
    yield Text(f"  begun {moment(it.created_at)} by {it.by.name}, through {it.by.dialect}", "dim")
    if it.because_of is not None:
        yield Text(f"  {it.because_of.kind} of {it.because_of.id}", "dim")
    for child in it.children:
        yield Text(f"  {child.kind}: {child.id}", "dim")
    if it.cancellation is not None:
        receipt = it.cancellation
        yield Text(
            f"  cancelling: {receipt.state}, asked by {receipt.by} {receipt.reason}".rstrip(), "yellow"
        )
