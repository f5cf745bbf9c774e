"""`headway down`: nothing of the platform runs any more."""

import asyncio
from pathlib import Path

import click
import msgspec

from headway import app
from headway.cli import pidfile
from headway.cli.output import as_json as json_option
from headway.cli.output import said
from headway.cli.settings import options, settings
from headway.config import Config
from headway.errors import Conflict, Refusal, Trouble

SLACK_SECONDS = 10
"""How much longer than it may take the control plane is waited for."""


@click.command()
@options("data", "database", "runtime")
@json_option
def down(file: Path | None, *, as_json: bool, **given: str | None) -> None:
    """Stop apps, router and control plane. Nothing is lost: the next `up` starts the apps again."""
    config = settings(file, **given)
    if not config.folder.is_dir():
        raise click.ClickException(f"there is no platform in {config.folder}")
    try:
        end_control_plane(config)
        with pidfile.held(config.folder):
            asyncio.run(app.down(config))
    except (Refusal, Trouble) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        return said(msgspec.json.encode({"data": str(config.folder), "runs": False}))
    return click.echo(f"Nothing of the platform in {config.folder} runs any more.")


def end_control_plane(config: Config) -> None:
    """Return once it is gone; Conflict if it does not go."""
    pid = pidfile.holder(config.folder)
    if pid is not None and not pidfile.end(pid, seconds=config.drain_seconds + SLACK_SECONDS):
        raise Conflict(f"the control plane, process {pid}, does not end")
