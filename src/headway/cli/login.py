"""Which platform the command line speaks to, and as whom: `headway login`, the environment, or the local admin."""

import asyncio
import contextlib
import json
import os
import tomllib
from pathlib import Path
from typing import IO

import click
import msgspec

from headway import config
from headway.cli.client import Client, api_token
from headway.cli.outcome import failing_well
from headway.cli.output import as_json as json_option
from headway.cli.output import said
from headway.cli.settings import settings
from headway.dialects.headway.wire import Listed
from headway.errors import Unauthenticated

SERVER, TOKEN = "HEADWAY_SERVER", "HEADWAY_TOKEN"


class Login(msgspec.Struct, frozen=True):
    """A platform and a token for it."""

    server: str
    token: str


def login_file() -> Path:
    """Where a login is kept."""
    return config.user_folder() / "login.toml"


def found(server: str | None = None) -> Login:
    """The platform to speak to: what is named, the environment, the last login, the local admin. Unauthenticated."""
    environment, kept = config.environment(), _kept()
    server = server or environment.get(SERVER)
    token = environment.get(TOKEN)
    if token is None and kept is not None and server in {None, kept.server}:
        return kept
    local = settings(None)
    if token is None and server in {None, f"http://{local.listen}"}:
        with contextlib.suppress(OSError):
            return Login(f"http://{local.listen}", api_token(local.folder))
    if token is None:
        raise Unauthenticated(
            f"no token for {server or 'any platform'}: run `headway login URL`, or set {SERVER} and {TOKEN}"
        )
    return Login(server or (kept.server if kept else f"http://{local.listen}"), token)


def _kept() -> Login | None:
    try:
        return msgspec.convert(tomllib.loads(login_file().read_text()), Login)
    except FileNotFoundError:
        return None
    except (ValueError, msgspec.ValidationError) as error:
        raise Unauthenticated(
            f"{login_file()} is not readable: run `headway login` again ({error})"
        ) from None


@click.command()
@click.argument("server", metavar="[URL]", default="")
@click.option("--token-file", type=click.File(), help="Where the token is read from; `-` is standard input.")
@json_option
@failing_well
def login(server: str, token_file: IO[str] | None, *, as_json: bool) -> None:
    """Keep which platform to speak to, and an API token for it, for this user.

    Without a token file the token is asked for. It is tried before it is kept.
    """
    server = (server or f"http://{settings(None).listen}").rstrip("/")
    token = (
        token_file.read() if token_file is not None else click.prompt("API token", hide_input=True, err=True)
    ).strip()
    asyncio.run(_try(server, token))
    file = login_file()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(file, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
        out.write(f"server = {json.dumps(server)}\ntoken = {json.dumps(token)}\n")
    file.chmod(0o600)
    if as_json:
        return said(msgspec.json.encode({"server": server, "file": str(file)}))
    return click.echo(f"Logged in at {server}; kept in {file}", err=True)


async def _try(server: str, token: str) -> None:
    async with Client(server, token) as client:
        await client.get("/operations", Listed, limit=1)
