"""`headway ops`: operations, whoever began them."""

import contextlib

import click
import msgspec

from headway.cli.client import Client
from headway.cli.moments import clock, moment
from headway.cli.output import as_json as json_option
from headway.cli.output import colour, said, table
from headway.cli.remote import begun, commanding, followed, planned, remote
from headway.dialects.headway.wire import Event, Listed, Operation, Why

PAGES_MAX = 50


@click.group()
def ops() -> None:
    """Operations: list, show, follow, explain, cancel, retry, undo."""


@ops.command(name="list")
@remote
@click.option("--type", "type_", metavar="TYPE", help="Like app.scale.")
@click.option("--phase", metavar="PHASES", help="With commas between: failed,cancelled.")
@click.option("--target", help="Like app:<id>.")
@click.option("--app", help="About the app of this name.")
@click.option("--actor", help="Who began them: me, or the id of an account.")
@click.option("--since", metavar="TIME", help="Like 2026-01-02T03:04:05Z.")
@click.option("--until", metavar="TIME", help="Likewise.")
@click.option("--oldest", is_flag=True, help="Oldest first.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@json_option
async def list_(
    client: Client, limit: int, *, app: str | None, oldest: bool, as_json: bool, **asked: str | None
) -> None:
    """List operations, newest first."""
    asked["type"] = asked.pop("type_")
    if app:
        asked["target"] = f"app:{(await client.get(f'/apps/{app}', dict[str, object]))['id']}"
    query: dict[str, str | int] = {name: value for name, value in asked.items() if value}
    found = await _pages(client, query | ({"sort": "created"} if oldest else {}), limit)
    if as_json:
        said(msgspec.json.encode(found))
        return
    table(
        ("id", "type", "phase", "", "begun", "by", ""),
        [
            (
                it.id,
                it.type,
                (it.phase, colour(it.phase)),
                f"{it.progress} %",
                moment(it.created_at),
                it.by.name,
                it.summary,
            )
            for it in found
        ],
    )


async def _pages(client: Client, query: dict[str, str | int], limit: int) -> list[Operation]:
    """As many as asked for, however few each page holds."""
    found: list[Operation] = []
    for _ in range(PAGES_MAX):
        page = await client.get("/operations", Listed, **query, limit=min(100, limit - len(found)))
        found += page.operations
        if page.next is None or len(found) >= limit:
            break
        query = query | {"cursor": page.next}
    return found


@ops.command()
@remote
@click.argument("id")
@json_option
async def show(client: Client, id: str, *, as_json: bool) -> None:
    """Show one operation with its steps."""
    reply = await client.ask("GET", f"/operations/{id}")
    if as_json:
        return said(reply)
    from headway.cli import terminal  # noqa: PLC0415 - what draws is a fifth of all that is read at start

    return terminal.shown(msgspec.json.decode(reply, type=Operation))


@ops.command()
@remote
@click.argument("id", required=False)
@click.option("--after", type=click.IntRange(0), help="Only events behind this one.")
@json_option
async def follow(client: Client, id: str | None, *, after: int | None, as_json: bool) -> int:
    """Follow one operation to its end, or without ID everything that you may see."""
    if id is not None and not as_json and after is None:
        return await followed(client, id)
    path = "/events" if id is None else f"/operations/{id}/events"
    query = {} if after is None else {"after": after}
    async with contextlib.aclosing(client.events(path, **query)) as events:
        async for event in events:
            said(msgspec.json.encode(event)) if as_json else click.echo(_line(event))
    return 0


def _line(it: Event) -> str:
    where = it.operation or it.target
    told = ", ".join(
        f"{name} {value}" for name, value in it.data.items() if isinstance(value, str | int) and value != ""
    )
    return f"{clock(it.at)} {it.seq} {it.name} {where}{f'  {told}' if told else ''}"


@ops.command()
@remote
@click.argument("id")
@json_option
async def why(client: Client, id: str, *, as_json: bool) -> None:
    """Tell why an operation is not done."""
    reply = await client.ask("GET", f"/operations/{id}/why")
    if as_json:
        return said(reply)
    it = msgspec.json.decode(reply, type=Why)
    click.echo(f"{it.waiting_on}: {it.text} (since {clock(it.since)})")
    if it.step is not None and it.step.retry_at:
        click.echo(f"It is tried again at {clock(it.step.retry_at)}.")
    if it.estimate is not None:
        click.echo(
            f"It is likely to have ended by {clock(it.estimate.p50)}, or by {clock(it.estimate.p95)} if it is slow."
        )
    elif it.waiting_on != "nothing":
        click.echo("There were too few like it to tell when it will have ended.")
    return None


@ops.command()
@remote
@click.argument("id")
@click.option("--reason", default="", help="Why; it is kept.")
@commanding
async def cancel(client: Client, id: str, *, reason: str, wait: bool, dry_run: bool, as_json: bool) -> None:
    """Ask an operation to turn back; then tell for each step what became of it."""
    reply = await client.begin("POST", f"/operations/{id}/cancel", body={"reason": reason}, dry_run=dry_run)
    if dry_run:
        return planned(reply, as_json=as_json)
    if wait:
        async for it in client.follow(id):
            reply = msgspec.json.encode(it)
    if as_json:
        return said(reply)
    it = msgspec.json.decode(reply, type=Operation)
    receipt = it.cancellation
    if receipt is None:
        return click.echo(it.phase)
    click.echo(f"{receipt.state}: {it.type} {it.id} is {it.phase}")
    for step in receipt.steps:
        click.echo(f"  {step.state:<14}{step.title}")
    return None


@ops.command()
@remote
@click.argument("id")
@commanding
async def retry(client: Client, id: str, **how: bool) -> int:
    """Begin the same again, as a new operation."""
    reply = await client.begin("POST", f"/operations/{id}/retry", dry_run=how["dry_run"])
    return await begun(client, reply, **how)


@ops.command()
@remote
@click.argument("id")
@commanding
async def undo(client: Client, id: str, **how: bool) -> int:
    """Begin what brings back the state before, as a new operation."""
    reply = await client.begin("POST", f"/operations/{id}/undo", dry_run=how["dry_run"])
    return await begun(client, reply, **how)
