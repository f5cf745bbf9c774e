"""The options that verbs share, and the settings that come of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from headway import config
from headway.config import Config
from headway.errors import Invalid

Verb = TypeVar("Verb", bound=Callable[..., Any])
FILE = "headway.toml"
HELP = {
    "data": "The folder with everything that the platform keeps.",
    "listen": "Address and port of the APIs.",
    "apps": "Address and port where the router takes the traffic for apps.",
    "apps_tls": "Address and port where the router takes traffic for apps over TLS. Default: nowhere.",
    "attach": "Address and port where one-off containers are attached to.",
    "ssh": "Address and port where git push arrives.",
    "domain": "The domain under which every app gets a name.",
    "public_url": "How clients reach the APIs, when that differs from --listen.",
    "database": "postgresql://… instead of SQLite in the data folder.",
    "runtime": "Where containers run.",
}


def options(*names: str) -> Callable[[Verb], Verb]:
    """Give a verb `--config` and an option for each of these settings."""

    def give(verb: Verb) -> Verb:
        for name in reversed(names):
            verb = click.option(f"--{name.replace('_', '-')}", name, help=HELP[name])(verb)
        file = click.Path(exists=True, dir_okay=False, path_type=Path)
        return click.option(
            "--config", "file", type=file, help=f"Settings. Default: ./{FILE}, where there is one."
        )(verb)

    return give


def settings(file: Path | None, **given: str | None) -> Config:
    """The settings; an error for the terminal where something is wrong with them."""
    if file is None and Path(FILE).is_file():
        file = Path(FILE)
    try:
        return config.load(file, None, **given)
    except Invalid as error:
        raise click.UsageError(str(error)) from error
    except ValueError as error:
        raise click.UsageError(f"{file}: {error}") from error
