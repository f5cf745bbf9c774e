"""The command line: its verbs, listed. Each is in a file of its own name."""

import click

from headway.cli.test import test


@click.group(
    commands=[test],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def main() -> None:
    """A self-hosted application platform in which every slow change is an operation."""
