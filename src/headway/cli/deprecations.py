"""`headway deprecations`: what is to be switched off, and who still calls it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from headway import app
from headway.builders.refusals import shown
from headway.cli.output import as_json as json_option
from headway.cli.output import said
from headway.cli.settings import options, settings
from headway.clock import SECOND, SystemClock
from headway.config import Config
from headway.dialects.workiva.dialect import workiva
from headway.errors import Refusal
from headway.ids import show
from headway.views import legacy_calls
from headway.views.legacy_calls import Shown
from headway.web.deprecation import Deprecation


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who still calls; ids are as `/metrics` has them."""

    account: str
    account_id: str
    token: str
    token_id: str
    calls: int
    first_at: str
    last_at: str


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be switched off."""

    name: str
    since: str
    sunset: str
    paths: list[str]
    successors: list[str]
    callers: list[Caller]


@click.command()
@options("data", "database")
@json_option
def deprecations(file: Path | None, *, as_json: bool, **given: str | None) -> None:
    """Say what is to be switched off and when, and which tokens still call it.

    The platform may be running; what it counted in the last seconds is not told yet.
    """
    config = settings(file, **given)
    if not config.folder.is_dir():
        raise click.ClickException(f"there is no platform in {config.folder}")
    try:
        found = listed(config, asyncio.run(_calls(config)))
    except Refusal as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        return said(msgspec.json.encode(found))
    for it in found:
        _print(it)
    return None


async def _calls(config: Config) -> list[Shown]:
    async with app.assembled(config) as platform:
        return await legacy_calls.newest(platform.world.database)


def listed(config: Config, calls: list[Shown]) -> list[Listed]:
    """Each deprecation that is declared, with its callers."""
    declared: dict[str, list[tuple[str, Deprecation]]] = {}
    for route in workiva(config, SystemClock()).routes:
        if (it := route.deprecation) is not None:
            declared.setdefault(it.name, []).append((f"{route.method} {route.path}", it))
    return [
        Listed(
            name=name,
            since=_time(found[0][1].since * SECOND),
            sunset=_time(found[0][1].sunset * SECOND),
            paths=[path for path, _ in found],
            successors=[it.successor for _, it in found],
            callers=[_caller(it) for it in calls if it.calls.route == name],
        )
        for name, found in declared.items()
    ]


def _caller(it: Shown) -> Caller:
    return Caller(
        account=it.account,
        account_id=show(it.calls.account_id),
        token=it.token,
        token_id=show(it.calls.token_id),
        calls=it.calls.calls,
        first_at=_time(it.calls.first_at),
        last_at=_time(it.calls.last_at),
    )


def _print(it: Listed) -> None:
    click.echo(f"{it.name}: deprecated {it.since[:10]}, switched off {it.sunset[:10]}")
    for path, successor in zip(it.paths, it.successors, strict=True):
        click.echo(f"  {path} → {successor}")
    for one in it.callers:
        who = f"{shown(one.account)} ({shown(one.token)})"
        click.echo(f"  called {one.calls} times by {who}, last {one.last_at}, token {one.token_id}")
    if not it.callers:
        click.echo("  nobody calls it")


def _time(at: int) -> str:
    return datetime.fromtimestamp(at // SECOND, UTC).isoformat().replace("+00:00", "Z")
