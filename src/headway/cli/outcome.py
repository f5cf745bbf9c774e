"""How a command ends: its exit code, and the sentence before it. Scripts rely on the numbers."""

import functools
import sys
from collections.abc import Callable
from typing import Any

import click

from headway.cli.client import Declined, Unreachable
from headway.errors import Refusal, Unauthenticated

REFUSED, FAILED, CANCELLED, UNREACHABLE, UNAUTHENTICATED, INTERRUPTED = 1, 3, 4, 69, 77, 130
OF_PHASE = {"succeeded": 0, "failed": FAILED, "cancelled": CANCELLED}
"""By how an operation that was waited for has ended."""


def failing_well(command: Callable[..., Any]) -> Callable[..., None]:
    """The command; where something is refused, a sentence and the exit code that says of which kind."""

    @functools.wraps(command)
    def carried_out(*args: Any, **given: Any) -> None:
        try:
            code = command(*args, **given)
        except Refusal as refusal:
            click.echo(f"Error: {refusal}", err=True)
            sys.exit(code_of(refusal))
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        if code:
            sys.exit(code)

    return carried_out


def code_of(refusal: Refusal) -> int:
    """The exit code that belongs to a refusal."""
    if isinstance(refusal, Unreachable):
        return UNREACHABLE
    if isinstance(refusal, Unauthenticated) or (isinstance(refusal, Declined) and refusal.status == 401):
        return UNAUTHENTICATED
    return REFUSED
