"""`headway account …`: accounts, their passwords and second factors, whether the platform runs or not."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from headway import app
from headway.cli.output import as_json as json_option
from headway.cli.output import said
from headway.cli.settings import options, settings
from headway.dialects.headway.project import time
from headway.domain.accounts.confirm_factor import confirm_factor
from headway.domain.accounts.create import create as create_account
from headway.domain.accounts.define_payment import define_payment
from headway.domain.accounts.disable_factor import disable_factor
from headway.domain.accounts.enrol_factor import enrol_factor
from headway.domain.accounts.ensure_admin import ensure_admin
from headway.domain.accounts.set_password import set_password
from headway.domain.world import World
from headway.errors import Refusal
from headway.ids import show
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.model.second_factors import uri
from headway.store import accounts
from headway.views import accounts as views

T = TypeVar("T")
BY = Actor(dialect="cli")
ISSUER = "Headway"


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """An account, as JSON."""

    id: str
    name: str
    email: str
    payment_defined: bool
    created_at: str


@click.group()
def account() -> None:
    """Accounts: who may ask. Passwords are read from the terminal, or from standard input."""


@account.command()
@click.argument("name")
@click.option("--email", required=True, help="Their e-mail address.")
@click.option("--with-password", is_flag=True, help="Ask for a password, with which they can log in.")
@options("data", "database")
@json_option
def create(
    name: str, email: str, file: Path | None, *, with_password: bool, as_json: bool, **given: str | None
) -> None:
    """Make an account called NAME. `headway token create --account NAME` makes a token for it."""
    given_password = _password() if with_password else None

    async def make(world: World) -> Account:
        await ensure_admin(world)
        return await create_account(world, name, email, BY, given_password)

    _told(_on_platform(file, given, make), f"made the account {name}", as_json=as_json)


@account.command()
@click.argument("name")
@options("data", "database")
@json_option
def password(name: str, file: Path | None, *, as_json: bool, **given: str | None) -> None:
    """Give the account NAME a password, or another one."""
    wanted = _password()

    async def give(world: World) -> Account:
        owner = await _named(world, name)
        await set_password(world, owner.id, wanted, BY)
        return owner

    words = f"{name} logs in with the new password from now on; tokens stay what they are"
    _told(_on_platform(file, given, give), words, as_json=as_json)


@account.command()
@click.argument("name")
@click.option("--off", is_flag=True, help="Let them do without, when their device is lost.")
@options("data", "database")
@json_option
def factor(name: str, file: Path | None, *, off: bool, as_json: bool, **given: str | None) -> None:
    """Protect the account NAME by a second factor (TOTP): show its address, and ask for a code of it."""
    if off:
        owner = _on_platform(file, given, lambda world: _without(world, name))
        return _told(owner, f"{name} logs in without a second factor from now on", as_json=as_json)

    async def enrol(world: World) -> str:
        owner = await _named(world, name)
        return uri((await enrol_factor(world, owner.id)).secret, ISSUER, owner.name)

    address = _on_platform(file, given, enrol)
    words = f"Let an authenticator read this address:\n  {address}"
    said(msgspec.json.encode({"name": name, "address": address})) if as_json else click.echo(words)
    code = click.prompt("What it shows now", err=True)

    async def confirm(world: World) -> list[str]:
        owner = await _named(world, name)
        return await confirm_factor(world, owner.id, code.strip(), BY)

    codes = _on_platform(file, given, confirm)
    if as_json:
        return said(msgspec.json.encode({"name": name, "recovery_codes": codes}))
    click.echo("It is asked for from now on. For a lost device, each of these is good once:")
    return click.echo("\n".join(f"  {it}" for it in codes))


@account.command()
@click.argument("name")
@click.argument("state", type=click.Choice(["defined", "missing"]))
@options("data", "database")
@json_option
def payment(name: str, state: str, file: Path | None, *, as_json: bool, **given: str | None) -> None:
    """Say whether the account NAME has a payment method. Where it is missing, the limits of free use hold."""

    async def define(world: World) -> Account:
        owner = await _named(world, name)
        return await define_payment(world, owner.id, BY, defined=state == "defined")

    words = f"{name} has {'a' if state == 'defined' else 'no'} payment method from now on"
    _told(_on_platform(file, given, define), words, as_json=as_json)


@account.command(name="list")
@options("data", "database")
@json_option
def list_all(file: Path | None, *, as_json: bool, **given: str | None) -> None:
    """Every account: name, e-mail address, and whether the limits of free use hold for it."""
    found = _on_platform(file, given, lambda world: views.every(world.database))
    if as_json:
        return said(msgspec.json.encode([_shown(it) for it in found]))
    for it in found:
        click.echo(f"{it.name}\t{it.email}\t{'-' if it.payment_defined else 'free use only'}")
    return None


def _told(it: Account, words: str, *, as_json: bool) -> None:
    """The account as it is now, or what happened to it in words."""
    said(msgspec.json.encode(_shown(it))) if as_json else click.echo(words)


def _shown(it: Account) -> Shown:
    return Shown(
        id=show(it.id),
        name=it.name,
        email=it.email,
        payment_defined=it.payment_defined,
        created_at=time(it.created_at),
    )


def _on_platform(file: Path | None, given: dict[str, Any], act: Callable[[World], Awaitable[T]]) -> T:
    """What `act` returns; what it refuses, in words for the terminal."""
    config = settings(file, **given)
    if not config.folder.is_dir():
        raise click.ClickException(f"there is no platform in {config.folder}")

    async def acted() -> T:
        async with app.assembled(config) as platform:
            return await act(platform.world)

    try:
        return asyncio.run(acted())
    except Refusal as error:
        raise click.ClickException(str(error)) from error


async def _named(world: World, name: str) -> Account:
    return await world.database.read(lambda tx: accounts.by_name(tx, name))


async def _without(world: World, name: str) -> Account:
    owner = await _named(world, name)
    await disable_factor(world, owner.id, None, BY)
    return owner


def _password() -> str:
    """From the terminal, twice and unseen; or the first line of standard input, where that is none."""
    if sys.stdin.isatty():
        return click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return sys.stdin.readline().rstrip("\r\n")
