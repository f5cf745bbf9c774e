"""`headway demo`: a whole platform in a scratch folder and the life of an app, or of a pool, on it, followed live."""

import asyncio
import contextlib
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import click
import httpx2
import msgspec
from rich.console import Console

from headway.cli import terminal
from headway.cli.child import Child, scratch_platform
from headway.cli.client import Client, api_token
from headway.cli.demo_pools import PoolLife
from headway.cli.labelling import Labelling
from headway.clock import SystemClock
from headway.config import Config
from headway.dialects.headway.wire import Operation
from headway.errors import Refusal

APP = "hello-world"
SOURCE = Path(__file__).parents[3] / "examples" / "hello"
CONTAINERS = 2
INTERRUPTED = 130
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@click.command()
@click.option("--once", is_flag=True, help="End after the last operation: 0 if all went well.")
@click.option("--pools", is_flag=True, help="The life of a labelling pool instead, with a made-up crowd.")
def demo(*, once: bool, pools: bool) -> None:
    """Run a platform in a scratch folder, deploy an app from source, scale it and restart it.

    Each operation is followed live. Ctrl-C ends everything that was started.
    """
    if not SOURCE.is_dir() and not pools:
        raise click.ClickException("the demo deploys examples/hello, so it is run from a checkout")
    try:
        asyncio.run(_demo(Console(), _pool if pools else _app, once=once))
    except Refusal as error:
        raise click.ClickException(str(error)) from error
    except asyncio.CancelledError:
        sys.exit(INTERRUPTED)


Life = Callable[[Console, Client, Config], Awaitable[str]]
"""What is shown; where it is to be seen afterwards."""


async def _demo(console: Console, life: Life, *, once: bool) -> None:
    async with _platform(console) as config, Client(f"http://{config.listen}", _token(config)) as client:
        where = await life(console, client, config)
        if once:
            return
        _say(console, f"The API is at http://{config.listen}, its token in {config.folder / 'admin.token'}.")
        _say(console, f"{where} until you press Ctrl-C.")
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.get_running_loop().create_future()


async def _app(console: Console, client: Client, config: Config) -> str:
    await _life(console, client)
    await _visit(console, config)
    return f"The app is at {_address(config)}"


async def _pool(console: Console, client: Client, config: Config) -> str:
    async with Labelling.at(client.url, client.token) as labelling:
        pool = await PoolLife(console, client, labelling).live()
    return f"The pool is at http://{config.listen}/api/v1/pools/{pool}"


@contextlib.asynccontextmanager
async def _platform(console: Console) -> AsyncGenerator[Config]:
    """A platform that is ready; nothing is left of it afterwards."""
    _cancel_once_at_signal()
    folder = Path(tempfile.mkdtemp(prefix="headway-demo-"))
    config = scratch_platform(folder)
    child = Child(config, SystemClock())
    try:
        _say(console, f"Starting a platform in {folder} …")
        await child.start()
        yield config
    finally:
        _say(console, "Ending it …")
        await child.end()
        shutil.rmtree(folder)


async def _life(console: Console, client: Client) -> None:
    """Create the app, deploy it, scale it, restart it."""
    await client.begin("POST", "/apps", {"name": APP})
    await _follow(console, client, await client.deploy(APP, SOURCE, "demo"))
    scaled = {"formation": {"web": {"amount": CONTAINERS}}}
    await _follow(console, client, await client.begin("PATCH", f"/apps/{APP}/formation", scaled))
    await _follow(console, client, await client.begin("POST", f"/apps/{APP}/restart", {}))


async def _follow(console: Console, client: Client, reply: bytes) -> None:
    await terminal.to_success(console, client.follow(msgspec.json.decode(reply, type=Operation).id))


async def _visit(console: Console, config: Config) -> None:
    """One request as a visitor makes it, through the router."""
    name = f"{APP}.{config.domain}"
    async with httpx2.AsyncClient(trust_env=False) as http:
        reply = await http.get(f"http://{config.apps}/", headers={"Host": name})
    if not reply.is_success:
        raise Refusal(f"{_address(config)} answered {reply.status_code}: {reply.text[:500]}")
    last = re.sub(r"<[^>]+>", "", reply.text).strip().rpartition("\n")[2]
    _say(console, f"GET {_address(config)} → {reply.status_code} {last}")


def _token(config: Config) -> str:
    return api_token(config.folder)


def _address(config: Config) -> str:
    return f"http://{APP}.{config.domain}:{config.apps.rpartition(':')[2]}/"


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _cancel_once_at_signal() -> None:
    """The first signal cancels this task; later ones do not disturb its ending."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    pending: list[Callable[[], object]] = [task.cancel]

    def interrupt() -> None:
        if pending:
            pending.pop()()

    for number in SIGNALS:
        loop.add_signal_handler(number, interrupt)
