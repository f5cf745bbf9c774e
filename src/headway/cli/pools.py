"""`headway pools`: labelling pools."""

import click

from headway.cli.crowd import simulate


@click.group(commands=[simulate])
def pools() -> None:
    """Labelling pools: let a made-up crowd work in one."""
