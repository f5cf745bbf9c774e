"""What commands that speak to a platform share: `--server`, `--wait`, and how what they begin is shown."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import click
import msgspec

from headway.cli.client import Client
from headway.cli.login import found
from headway.cli.outcome import OF_PHASE, failing_well
from headway.cli.output import as_json, said
from headway.dialects.headway.wire import Operation, Plan

Action = Callable[..., Awaitable[int | None]]


def remote(action: Action) -> Callable[..., None]:
    """A command of `action`, whose first argument is a client of the platform; its result is the exit code."""

    def command(*args: Any, server: str | None, **given: Any) -> int | None:
        return asyncio.run(_carried_out(action, server, *args, **given))

    command.__doc__, command.__name__ = action.__doc__, action.__name__
    chosen = failing_well(command)
    chosen.__click_params__ = list(getattr(action, "__click_params__", []))  # type: ignore[attr-defined]
    return click.option("--server", metavar="URL", help="Which platform; default: where you logged in.")(
        chosen
    )


async def _carried_out(action: Action, server: str | None, *args: Any, **given: Any) -> int | None:
    login = found(server)
    async with Client(login.server, login.token) as client:
        return await action(client, *args, **given)


dry_run = click.option("--dry-run", is_flag=True, help="Only tell what it would do.")
wait = click.option(
    "--wait/--no-wait", "wait", default=True, show_default=True, help="Follow the operation to its end."
)


def commanding(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of everything that begins an operation."""
    return as_json(dry_run(wait(command)))


async def begun(client: Client, reply: bytes, *, as_json: bool, dry_run: bool, wait: bool) -> int:
    """Show what was begun; with `wait`, to its end. The exit code."""
    if dry_run:
        planned(reply, as_json=as_json)
        return 0
    operation = msgspec.json.decode(reply, type=Operation)
    if not wait:
        said(reply) if as_json else click.echo(operation.id)
        return 0
    return await followed(client, operation.id, as_json=as_json)


async def followed(client: Client, id: str, *, as_json: bool = False) -> int:
    """Show an operation until it has ended; the exit code says how. As JSON only its end is told."""
    if not as_json:
        from headway.cli import terminal  # noqa: PLC0415 - what draws is a fifth of all that is read at start

        return OF_PHASE[(await terminal.followed(client.follow(id))).phase]
    last = await client.ended(id)
    said(msgspec.json.encode(last))
    return OF_PHASE[last.phase]


def planned(reply: bytes, *, as_json: bool) -> None:
    """What a command would do."""
    if as_json:
        return said(reply)
    plan = msgspec.json.decode(reply, type=Plan)
    click.echo(f"{plan.type} would {plan.summary}:")
    for n, step in enumerate(plan.steps, 1):
        click.echo(f"  {n}. {step}")
    for holder in plan.conflicts:
        click.echo(f"It would be refused while {holder.type} {holder.id} goes on.")
    if plan.runs is not None:
        click.echo(f"Past ones took {plan.runs.p50:.1f} s, slow ones {plan.runs.p95:.1f} s.")
    return None
