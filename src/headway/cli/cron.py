"""`headway cron`: what an app runs by the clock."""

import click
import msgspec

from headway.cli.client import Client
from headway.cli.moments import moment
from headway.cli.output import as_json as json_option
from headway.cli.output import said, table
from headway.cli.remote import remote
from headway.dialects.headway.wire_apps import CronTask, CronTasks


@click.command()
@remote
@click.argument("app")
@json_option
async def cron(client: Client, app: str, *, as_json: bool) -> None:
    """List what an app runs by the clock, from its cron.json."""
    reply = await client.ask("GET", f"/apps/{app}/cron_tasks")
    if as_json:
        return said(reply)
    tasks = msgspec.json.decode(reply, type=CronTasks).tasks
    return table(("schedule", "command", "size", "last", "next", ""), [row(it) for it in tasks])


def row(it: CronTask) -> tuple[str, ...]:
    """Its cells: when it is due, what it runs, how large, when it ran, when it will, and what is wrong."""
    last = moment(it.last_at) if it.last_at else "never"
    return (it.schedule, it.command, it.size, last, moment(it.next_at), _note(it))


def _note(it: CronTask) -> str:
    if it.trouble:
        return f"waits: {it.trouble}"
    return f"missed {moment(it.missed_at)}: {it.missed_why}" if it.missed_at else ""
