"""`headway env`: the environment variables of an app."""

import click
import msgspec

from headway.cli.client import Client
from headway.cli.output import as_json as json_option
from headway.cli.output import said
from headway.cli.remote import remote
from headway.dialects.headway.wire_apps import Variables

if_match = click.option(
    "--if-match", default="", metavar="VERSION", help="Only if the variables are still these."
)


@click.group()
def env() -> None:
    """Environment variables: show, set, unset. Running containers keep what they have until a restart."""


@env.command(name="show")
@remote
@click.argument("app")
@click.argument("names", nargs=-1)
@json_option
async def show(client: Client, app: str, names: tuple[str, ...], *, as_json: bool) -> int:
    """Show all variables, or the values of those that are named."""
    reply = await client.ask("GET", f"/apps/{app}/variables")
    if as_json:
        said(reply)
        return 0
    found = msgspec.json.decode(reply, type=Variables).variables
    for name in names or found:
        if name in found:
            click.echo(found[name] if names else f"{name}={found[name]}")
    return int(any(name not in found for name in names))


@env.command(name="set")
@remote
@click.argument("app")
@click.argument("pairs", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.option("--secret", is_flag=True, help="Their values are told to nobody from now on.")
@if_match
@json_option
async def set_(
    client: Client, app: str, pairs: tuple[str, ...], if_match: str, *, secret: bool, as_json: bool
) -> None:
    """Set variables, all or none."""
    if bare := [pair for pair in pairs if "=" not in pair]:
        raise click.BadParameter(f"{bare[0]}: say NAME=VALUE")
    values = dict(pair.split("=", 1) for pair in pairs)
    wanted: dict[str, object] = {"set": values, "secret": list(values)} if secret else {"set": values}
    await _change(client, app, wanted, if_match, as_json=as_json)


@env.command()
@remote
@click.argument("app")
@click.argument("names", nargs=-1, required=True)
@if_match
@json_option
async def unset(client: Client, app: str, names: tuple[str, ...], if_match: str, *, as_json: bool) -> None:
    """Delete variables, all or none."""
    await _change(client, app, {"unset": names}, if_match, as_json=as_json)


async def _change(
    client: Client, app: str, wanted: dict[str, object], if_match: str, *, as_json: bool
) -> None:
    headers = {"If-Match": f'"{if_match}"'} if if_match else {}
    reply = await client.ask("PATCH", f"/apps/{app}/variables", body=wanted, headers=headers)
    if as_json:
        said(reply)
    else:
        click.echo(f"Restart {app} for its containers to see it.", err=True)
