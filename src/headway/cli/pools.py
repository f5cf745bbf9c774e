"""`headway pools`: labelling pools, and those who work in them."""

import click
import msgspec

from headway.cli.client import Client
from headway.cli.crowd import simulate
from headway.cli.moments import moment
from headway.cli.output import as_json as json_option
from headway.cli.output import said, table
from headway.cli.remote import begun, commanding, remote
from headway.dialects.headway.wire_pools import Pool, Pools
from headway.dialects.headway.wire_workers import Worker, Workers


@click.group(commands=[simulate])
def pools() -> None:
    """Labelling pools: list, show, open, close, archive; who works in them."""


@pools.command(name="list")
@remote
@click.option("--status", type=click.Choice(["closed", "open", "archived"]), help="Only these.")
@click.option("--project", help="Only of the project with this id.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@json_option
async def list_pools(client: Client, limit: int, *, as_json: bool, **asked: str | None) -> None:
    """List your pools, newest first."""
    query: dict[str, str | int] = {name: value for name, value in asked.items() if value}
    found: list[Pool] = []
    while True:
        page = await client.get("/pools", Pools, **query, limit=min(100, limit - len(found)))
        found += page.pools
        if page.next is None or len(found) >= limit:
            break
        query = query | {"cursor": page.next}
    if as_json:
        return said(msgspec.json.encode(found))
    rows = [(it.id, it.name, it.status, _moment(it.created_at), it.project) for it in found]
    return table(("id", "name", "", "made", "project"), [(*row,) for row in rows])


@pools.command()
@remote
@click.argument("pool")
@json_option
async def show(client: Client, pool: str, *, as_json: bool) -> None:
    """Show the pool with the id POOL."""
    reply = await client.ask("GET", f"/pools/{pool}")
    if as_json:
        return said(reply)
    it = msgspec.json.decode(reply, type=Pool)
    why = f" ({it.close_reason})" if it.status == "closed" and it.close_reason else ""
    click.echo(f"{it.name} is {it.status}{why}; it expires {_moment(it.expires_at)}")
    if it.reopens_at is not None:
        click.echo(f"It opens again at {_moment(it.reopens_at)}.")
    return None


@pools.command(name="open")
@remote
@click.argument("pool")
@commanding
async def open_(client: Client, pool: str, **how: bool) -> int:
    """Open the pool with the id POOL: its tasks are given out from then on."""
    return await _commanded(client, pool, "open", **how)


@pools.command()
@remote
@click.argument("pool")
@commanding
async def close(client: Client, pool: str, **how: bool) -> int:
    """Close the pool with the id POOL: nothing more of it is given out."""
    return await _commanded(client, pool, "close", **how)


@pools.command()
@remote
@click.argument("pool")
@commanding
async def archive(client: Client, pool: str, **how: bool) -> int:
    """Archive the pool with the id POOL, for good."""
    return await _commanded(client, pool, "archive", **how)


async def _commanded(client: Client, pool: str, act: str, **how: bool) -> int:
    reply = await client.begin("POST", f"/pools/{pool}/{act}", dry_run=how["dry_run"])
    return await begun(client, reply, **how)


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
@json_option
async def revoke(client: Client, name: str, *, as_json: bool) -> None:
    """Let the worker NAME in no longer; what they answered stays."""
    await client.ask("DELETE", f"/workers/{name}")
    if as_json:
        return said(msgspec.json.encode({"name": name, "revoked": True}))
    return click.echo(f"{name} is let in no longer", err=True)


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
    return "never" if at is None else moment(at)
