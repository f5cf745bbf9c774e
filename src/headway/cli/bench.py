"""`headway bench`: this checkout measured beside its rivals."""

import sys
from pathlib import Path

import click

from headway.cli.test import CHECKOUT, run


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--quick", is_flag=True, help="Only show that each works: seconds, and no rival is installed.")
@click.option("--rounds", type=click.IntRange(1), metavar="N", help="By turns: 3, or 1 with --quick.")
@click.option("--stored", type=click.IntRange(1), metavar="N", help="How many operations growth stores.")
@click.option("--json", type=Path, metavar="FILE", help="Where the ratios are written.")
@click.option("--page", type=Path, metavar="FILE", help="A page whose tables are written anew.")
def bench(names: tuple[str, ...], **options: object) -> None:
    """Measure the NAMEd benchmarks, or all, beside their rivals, and print the ratios.

    Rivals are installed from package registries below .cache/rivals/; one that cannot be had is named.
    """
    if not (CHECKOUT / "bench").is_dir():
        raise click.ClickException("benchmarks are run from a checkout, and this is none")
    sys.exit(not run(["-m", "bench", *names, *_said(options)]))


def _said(options: dict[str, object]) -> list[str]:
    return [part for name, value in options.items() for part in _option(f"--{name}", value)]


def _option(name: str, value: object) -> list[str]:
    """Files are the caller's; the benchmarks run at the root of the checkout."""
    if isinstance(value, bool):
        return [name] if value else []
    if value is None:
        return []
    return [name, str(value.resolve() if isinstance(value, Path) else value)]
