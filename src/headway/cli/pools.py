"""`headway pools`: labelling pools, and those who work in them."""

import click
import msgspec

from headway.cli import terminal
from headway.cli.client import Client
from headway.cli.crowd import simulate
from headway.cli.remote import as_json as json_option
from headway.cli.remote import remote, said, table
from headway.dialects.headway.wire_workers import Worker, Workers


@click.group(commands=[simulate])
def pools() -> None:
    """Labelling pools: who works in them."""


@pools.group()
def worker() -> None:
    """Workers: people who answer tasks in your open pools, each with a token that is good for nothing else."""


@worker.command()
@remote
@click.argument("name")
@json_option
async def create(client: Client, name: str, *, as_json: bool) -> None:
    """Make a worker called NAME and print their token, which is shown this once."""
    _told(client, await client.ask("POST", "/workers", body={"name": name}), as_json=as_json)


@worker.command()
@remote
@click.argument("name")
@json_option
async def renew(client: Client, name: str, *, as_json: bool) -> None:
    """Print another token for the worker NAME; the one before is worth nothing any more."""
    _told(client, await client.ask("POST", f"/workers/{name}/token"), as_json=as_json)


@worker.command()
@remote
@click.argument("name")
async def revoke(client: Client, name: str) -> None:
    """Let the worker NAME in no longer; what they answered stays."""
    await client.ask("DELETE", f"/workers/{name}")
    click.echo(f"{name} is let in no longer", err=True)


@worker.command(name="list")
@remote
@json_option
async def list_(client: Client, *, as_json: bool) -> None:
    """List your workers, oldest first."""
    found = await _every(client)
    if as_json:
        return said(msgspec.json.encode(found))
    rows = [(it.name, _moment(it.created_at), _moment(it.last_used_at)) for it in found]
    return table(("name", "made", "last there"), [(*row,) for row in rows])


async def _every(client: Client) -> list[Worker]:
    found: list[Worker] = []
    query: dict[str, str | int] = {"limit": 100}
    while True:
        page = await client.get("/workers", Workers, **query)
        found += page.workers
        if page.next is None:
            return found
        query["cursor"] = page.next


def _told(client: Client, reply: bytes, *, as_json: bool) -> None:
    """The secret alone on standard output, so that it can be kept by `>`."""
    if as_json:
        return said(reply)
    it = msgspec.json.decode(reply, type=Worker)
    click.echo(f"{it.name} signs in with this at {client.url}/label", err=True)
    return click.echo(it.token)


def _moment(at: str | None) -> str:
    return "never" if at is None else terminal.moment(at)
