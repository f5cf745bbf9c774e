"""`headway apps`, and what is done with one: deploy, scale, restart, releases, env, logs."""

import contextlib
import re
from pathlib import Path

import click
import msgspec

from headway.cli.client import Client
from headway.cli.moments import moment
from headway.cli.output import as_json as json_option
from headway.cli.output import said, table
from headway.cli.remote import begun, commanding, remote
from headway.dialects.headway import wire_apps as wire

_AMOUNT = re.compile(r"([a-z0-9_]+)[=:]([0-9]*)(?::([A-Za-z0-9]+))?")


@click.group()
def apps() -> None:
    """Apps: list, show, create, rename, delete."""


@apps.command(name="list")
@remote
@json_option
async def list_(client: Client, *, as_json: bool) -> None:
    """List the apps that you may see."""
    reply = await client.ask("GET", "/apps")
    if as_json:
        return said(reply)
    found = msgspec.json.decode(reply, type=wire.Apps).apps
    return table(
        ("name", "status", "formation", "owner", "address"),
        [(it.name, it.status, _formation(it.formation), it.owner, it.url) for it in found],
    )


@apps.command()
@remote
@click.argument("app")
@json_option
async def show(client: Client, app: str, *, as_json: bool) -> None:
    """Show an app and its containers."""
    reply = await client.ask("GET", f"/apps/{app}")
    if as_json:
        return said(reply)
    it = msgspec.json.decode(reply, type=wire.App)
    click.echo(f"{it.name} is {it.status}: {it.url}\n{_formation(it.formation)}")
    running = (await client.get(f"/apps/{app}/containers", wire.Containers)).containers
    return table(
        ("container", "state", "size", "since"),
        [(one.label, one.state, one.size, moment(one.created_at)) for one in running],
    )


def _formation(formation: dict[str, wire.Size]) -> str:
    return ", ".join(f"{name} {it.amount} × {it.size}" for name, it in formation.items())


@apps.command()
@remote
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Only tell what it would do.")
@json_option
async def create(client: Client, name: str, *, dry_run: bool, as_json: bool) -> None:
    """Create an app."""
    reply = await client.begin("POST", "/apps", {"name": name}, dry_run=dry_run)
    said(reply) if as_json else click.echo(msgspec.json.decode(reply, type=wire.App).url)


@apps.command()
@remote
@click.argument("app")
@click.argument("name")
@commanding
async def rename(client: Client, app: str, name: str, **how: bool) -> int:
    """Give an app another name."""
    reply = await client.begin("POST", f"/apps/{app}/rename", {"name": name}, dry_run=how["dry_run"])
    return await begun(client, reply, **how)


@apps.command()
@remote
@click.argument("app")
@click.option("--yes", is_flag=True, help="Do not ask.")
@commanding
async def delete(client: Client, app: str, *, yes: bool, **how: bool) -> int:
    """Delete an app with everything that it has."""
    if not yes and not how["dry_run"]:
        click.confirm(f"Delete {app} with everything that it has?", abort=True, err=True)
    reply = await client.begin("DELETE", f"/apps/{app}", query={"name": app}, dry_run=how["dry_run"])
    return await begun(client, reply, **how)


@click.command()
@remote
@click.argument("app")
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--ref", default="", help="What this state of the source is called.")
@commanding
async def deploy(client: Client, app: str, folder: Path, ref: str, **how: bool) -> int:
    """Deploy the source in FOLDER (default: here)."""
    return await begun(client, await client.deploy(app, folder, ref, dry_run=how["dry_run"]), **how)


@click.command()
@remote
@click.argument("app")
@click.argument("wanted", nargs=-1, required=True, metavar="TYPE=AMOUNT[:SIZE]...")
@click.option("--if-match", default="", metavar="VERSION", help="Only if the formation is still this one.")
@commanding
async def scale(client: Client, app: str, wanted: tuple[str, ...], if_match: str, **how: bool) -> int:
    """Change how many containers of each type an app runs, and how large: `web=2 worker=1:L clock=:M`."""
    headers = {"If-Match": f'"{if_match}"'} if if_match else {}
    reply = await client.begin(
        "PATCH",
        f"/apps/{app}/formation",
        {"formation": dict(map(change, wanted))},
        dry_run=how["dry_run"],
        headers=headers,
    )
    return await begun(client, reply, **how)


def change(text: str) -> tuple[str, dict[str, object]]:
    """The type, and what is wanted of it."""
    found = _AMOUNT.fullmatch(text)
    if found is None or not (found[2] or found[3]):
        raise click.BadParameter(f"{text}: say TYPE=AMOUNT, TYPE=AMOUNT:SIZE or TYPE=:SIZE")
    amount: dict[str, object] = {"amount": int(found[2])} if found[2] else {}
    return found[1], amount | ({"size": found[3]} if found[3] else {})


@click.command()
@remote
@click.argument("app")
@click.argument("scope", nargs=-1)
@commanding
async def restart(client: Client, app: str, scope: tuple[str, ...], **how: bool) -> int:
    """Restart an app, or of it the types and containers in SCOPE: `web worker-1`."""
    reply = await client.begin("POST", f"/apps/{app}/restart", {"scope": scope}, dry_run=how["dry_run"])
    return await begun(client, reply, **how)


@click.command()
@remote
@click.argument("app")
@click.argument("version", required=False)
@commanding
async def rollback(client: Client, app: str, version: str | None, **how: bool) -> int:
    """Let the release VERSION of an app (`v3`, or 3) serve again; without one, the one before."""
    number = (version or "").removeprefix("v")
    if version and not number.isdecimal():
        raise click.BadParameter(f"{version}: say v3, or 3")
    wanted = {"version": int(number)} if version else {}
    reply = await client.begin("POST", f"/apps/{app}/rollback", wanted, dry_run=how["dry_run"])
    return await begun(client, reply, **how)


@click.command()
@remote
@click.argument("app")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True)
@json_option
async def releases(client: Client, app: str, limit: int, *, as_json: bool) -> None:
    """List the releases of an app, newest first."""
    reply = await client.ask("GET", f"/apps/{app}/releases", query={"limit": limit})
    if as_json:
        return said(reply)
    found = msgspec.json.decode(reply, type=wire.Releases).releases
    return table(
        ("", "release", "ref", "made", "types"),
        [
            (
                "▸" if it.serves else "",
                f"v{it.version}",
                it.ref,
                moment(it.created_at),
                ", ".join(it.processes),
            )
            for it in found
        ],
    )


@click.command()
@remote
@click.argument("app")
@click.option("-f", "--follow", is_flag=True, help="And then what comes, until you press Ctrl-C.")
@click.option("-n", "--lines", type=click.IntRange(0, 10_000), default=100, show_default=True)
@click.option("--filter", "wanted", default="", metavar="SOURCES", help="Like web, or web-1|worker.")
@json_option
async def logs(client: Client, app: str, lines: int, wanted: str, *, follow: bool, as_json: bool) -> None:
    """Show what an app has said."""
    query: dict[str, str | int] = {"lines": lines, "filter": wanted}
    if follow:
        query["follow"] = "true"
    async with contextlib.aclosing(client.lines(f"/apps/{app}/logs", **query)) as found:
        async for raw in found:
            # Of a comment, which says that somebody is still there, nothing is shown.
            if (line := raw.removeprefix(b"data: ")).startswith(b"{"):
                said(line) if as_json else click.echo(_said(msgspec.json.decode(line, type=wire.Line)))


def _said(it: wire.Line) -> str:
    return f"{moment(it.at)} [{it.source}] {it.text}"
