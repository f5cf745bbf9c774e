"""`headway completion`: what a shell needs to complete our commands."""

import click
from click.shell_completion import get_completion_class

VARIABLE = "_HEADWAY_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what SHELL is to read so that it completes our commands: `source <(headway completion bash)`."""
    kind = get_completion_class(shell)
    assert kind is not None, "click knows it"
    click.echo(kind(context.find_root().command, {}, "headway", VARIABLE).source())
