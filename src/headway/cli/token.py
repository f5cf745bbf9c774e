"""`headway token create`: a new API token, whether the platform runs or not."""

import asyncio
from pathlib import Path

import click
import msgspec

from headway import app
from headway.cli.output import as_json as json_option
from headway.cli.output import said
from headway.cli.settings import options, settings
from headway.config import Config
from headway.dialects.headway.project import time
from headway.domain.accounts.create_token import create_token
from headway.domain.accounts.ensure_admin import NAME as ADMIN
from headway.errors import Refusal
from headway.ids import show
from headway.model.operations import Actor
from headway.store import accounts


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A new token; `token` is its secret."""

    id: str
    name: str
    account: str
    created_at: str
    token: str


@click.group()
def token() -> None:
    """API tokens: one opens every dialect."""


@token.command()
@click.argument("name")
@click.option("--account", default=ADMIN, show_default=True, help="Whose token it is.")
@options("data", "database")
@json_option
def create(name: str, account: str, file: Path | None, *, as_json: bool, **given: str | None) -> None:
    """Make an API token called NAME and print its secret, which is shown this once."""
    config = settings(file, **given)
    if not config.folder.is_dir():
        raise click.ClickException(f"there is no platform in {config.folder}")
    try:
        made = asyncio.run(_create(config, account, name))
    except Refusal as error:
        raise click.ClickException(str(error)) from error
    said(msgspec.json.encode(made)) if as_json else click.echo(made.token)


async def _create(config: Config, account: str, name: str) -> Made:
    async with app.assembled(config) as platform:
        world = platform.world
        owner = await world.database.read(lambda tx: accounts.by_name(tx, account))
        by = Actor(account_id=owner.id, name=owner.name, dialect="cli")
        made, secret = await create_token(world, owner.id, name, by)
        return Made(
            id=show(made.id),
            name=made.name,
            account=owner.name,
            created_at=time(made.created_at),
            token=secret,
        )
