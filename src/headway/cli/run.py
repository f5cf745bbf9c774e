"""`headway run`: a command beside an app, at your terminal. Ends with the command's own exit code."""

import asyncio
import contextlib
import os
import shlex
import shutil
import signal
import sys
import termios
import threading
import tty
from collections.abc import Generator, Sequence

import click
import httpx2
import msgspec

from headway import config
from headway.cli.attach import Attached, attach, ended, resize
from headway.cli.client import Client
from headway.cli.outcome import OF_PHASE
from headway.cli.output import said
from headway.cli.remote import followed, remote
from headway.dialects.headway.wire import Plan
from headway.dialects.headway.wire_apps import Started
from headway.errors import Refusal

EOT = b"\x04"
PIECE_BYTES = 64 << 10


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@remote
@click.argument("app")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option(
    "-e", "--env", "environment", multiple=True, metavar="NAME=VALUE", help="A variable beside the app's."
)
@click.option("--size", default="", help="How large a container.")
@click.option("-d", "--detached", is_flag=True, help="Into the app's log; end as soon as it runs.")
@click.option("--dry-run", is_flag=True, help="Only tell what it would do.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, on a line; needs --detached.")
async def run(
    client: Client,
    app: str,
    command: tuple[str, ...],
    environment: tuple[str, ...],
    size: str,
    **how: bool,
) -> int:
    """Run COMMAND beside an app, at this terminal: `headway run my-app python manage.py shell`."""
    detached, dry_run, as_json = how["detached"], how["dry_run"], how["as_json"]
    if bare := [pair for pair in environment if "=" not in pair]:
        raise click.BadParameter(f"{bare[0]}: say NAME=VALUE")
    if as_json and not (detached or dry_run):
        raise click.UsageError("--json needs --detached: an attached command speaks for itself")
    terminal = (
        {"TERM": config.environment().get("TERM", "xterm")} if sys.stdin.isatty() and not detached else {}
    )
    wanted = {
        "command": spoken(command),
        "env": terminal | dict(pair.split("=", 1) for pair in environment),
        "size": size,
        "detached": detached,
    }
    reply = await client.begin("POST", f"/apps/{app}/run", wanted, dry_run=dry_run)
    if dry_run:
        said(reply) if as_json else click.echo(f"It would {msgspec.json.decode(reply, type=Plan).summary}.")
        return 0
    started = msgspec.json.decode(reply, type=Started)
    id = started.operation.rpartition("/")[2]
    if detached:
        return await followed(client, id, as_json=as_json)
    return await _attached(client, started, id)


def spoken(command: Sequence[str]) -> str:
    """What a shell makes the same words of again; a single word is a line for the shell as it is."""
    words = command[1:] if command[0] == "--" else command
    return words[0] if len(words) == 1 else shlex.join(words)


async def _attached(client: Client, started: Started, id: str) -> int:
    last = await client.ended(id)
    if last.phase != "succeeded" or started.attach_url is None:
        click.echo(f"Error: {last.detail.text if last.detail else last.phase}", err=True)
        return OF_PHASE[last.phase]
    try:
        attached = await attach(started.attach_url, client.token)
        with _raw(sys.stdin.fileno()):
            await _talk(attached, started.attach_url, client.token)
        return await ended(started.attach_url, client.token)
    except (OSError, httpx2.TransportError) as error:
        raise Refusal(f"the terminal of {started.label} was lost: {error}") from error


async def _talk(attached: Attached, url: str, token: str) -> None:
    """Both ways, until the other side says no more."""
    sizes, is_terminal = asyncio.Event(), sys.stdin.isatty()
    async with asyncio.TaskGroup() as group:
        helpers = [group.create_task(_type(attached))]
        if is_terminal:
            asyncio.get_running_loop().add_signal_handler(signal.SIGWINCH, sizes.set)
            helpers.append(group.create_task(_resized(sizes, url, token)))
        while piece := await attached.read():
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
        for helper in helpers:
            helper.cancel()
    attached.close()


async def _type(attached: Attached) -> None:
    """What is typed, or what stands in the file or pipe, and its end."""
    descriptor = sys.stdin.fileno()
    while piece := await _read(descriptor):
        await attached.type(piece)
    await attached.type(EOT)


async def _read(descriptor: int) -> bytes:
    """What comes next; in a thread of its own, which does not hold up the end of the program."""
    loop: asyncio.AbstractEventLoop = asyncio.get_running_loop()
    read: asyncio.Future[bytes] = loop.create_future()

    def settle(piece: bytes) -> None:
        if not read.done():
            read.set_result(piece)

    def work() -> None:
        try:
            piece = os.read(descriptor, PIECE_BYTES)
        except OSError:
            piece = b""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, piece)

    threading.Thread(target=work, daemon=True).start()
    return await read


async def _resized(sizes: asyncio.Event, url: str, token: str) -> None:
    """The other side knows how large the screen is, now and whenever it changes."""
    while True:
        sizes.clear()
        width, height = shutil.get_terminal_size()
        with contextlib.suppress(httpx2.TransportError):
            await resize(url, token, width, height)
        await sizes.wait()


@contextlib.contextmanager
def _raw(descriptor: int) -> Generator[None]:
    """Every key goes to the command; afterwards the terminal is as it was."""
    if not os.isatty(descriptor):
        yield
        return
    before = termios.tcgetattr(descriptor)
    tty.setraw(descriptor)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
