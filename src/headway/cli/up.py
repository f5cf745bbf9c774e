"""`headway up`: the platform, in the foreground."""

import asyncio
import gc
import resource
import signal
import sys
from pathlib import Path

import click
import uvloop

from headway import app, logs
from headway.cli import pidfile
from headway.cli.settings import options, settings
from headway.config import Config
from headway.errors import Refusal, Trouble

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@click.command()
@options("data", "listen", "apps", "apps_tls", "attach", "ssh", "domain", "public_url", "database", "runtime")
def up(file: Path | None, **given: str | None) -> None:
    """Run the platform in the foreground.

    SIGTERM and Ctrl-C end the control plane only: apps and router serve on, and the next `up` adopts them.
    """
    config = settings(file, **given)
    logs.set_up()
    _as_many_files_as_allowed()
    try:
        with pidfile.held(config.folder):
            uvloop.run(_up(config))
    except (Refusal, Trouble, OSError) as error:
        raise click.ClickException(str(error)) from error
    except ExceptionGroup as group:
        click.echo(f"Error: {'; '.join(causes(group))}", err=True)
        sys.exit(1)


def _as_many_files_as_allowed() -> None:
    """The soft limit of open files is for programs that know no better."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _up(config: Config) -> None:
    stop, ready, loop = asyncio.Event(), asyncio.Event(), asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as group:
        greeting = group.create_task(_greet(config, ready))
        await app.serve(config, stop, ready=ready)
        greeting.cancel()


def _keep_what_is_there() -> None:
    """What stands when all is ready stays until the end: to look through it for garbage again and again costs much."""
    gc.collect()
    gc.freeze()


async def _greet(config: Config, ready: asyncio.Event) -> None:
    await ready.wait()
    _keep_what_is_there()
    click.echo(
        f"Ready: APIs at http://{config.listen}, apps at {config.apps}, data in {config.folder}", err=True
    )


def causes(group: BaseExceptionGroup[BaseException]) -> list[str]:
    """Every exception in the group, in words."""
    said: list[str] = []
    for error in group.exceptions:
        said += (
            causes(error) if isinstance(error, BaseExceptionGroup) else [str(error) or type(error).__name__]
        )
    return said
