"""What came of a command, on standard output: `--json` for scripts, columns for people."""

import sys
from typing import TypeAlias

import click

WIDTH = 10_000
"""Of what is no terminal."""
Cell: TypeAlias = str | tuple[str, str]
"""Words; or words and how they look."""

as_json = click.option("--json", "as_json", is_flag=True, help="As JSON, on a line.")


def colour(phase: str) -> str:
    """Of an operation in that phase."""
    return {"succeeded": "green", "failed": "red", "cancelled": "yellow"}.get(phase, "cyan")


def said(reply: bytes) -> None:
    """JSON as it came, on a line."""
    sys.stdout.write(reply.decode().rstrip("\n") + "\n")
    sys.stdout.flush()


def table(heads: tuple[str, ...], rows: list[tuple[Cell, ...]]) -> None:
    """Columns; elsewhere than on a terminal as wide as they are, so that nothing is cut off."""
    from rich.console import Console  # noqa: PLC0415 - what draws is a fifth of all that is read at start
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    grid = Table.grid(padding=(0, 2))
    grid.add_row(*(Text(head, "dim") for head in heads))
    for row in rows:
        grid.add_row(*(Text(cell) if isinstance(cell, str) else Text(*cell) for cell in row))
    console.print(grid)
