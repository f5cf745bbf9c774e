"""Stacks: what apps are built on and run in."""

import msgspec


class Stack(msgspec.Struct, frozen=True, kw_only=True):
    """One stack; its name is its id."""

    name: str
    description: str
    base: str
    since: str
    """When it was first offered, a plain date."""


DEFAULT_STACK = "headway-1"
STACKS: dict[str, Stack] = {
    stack.name: stack
    for stack in (
        Stack(
            name=DEFAULT_STACK,
            description="The machine's own system files, read-only, in a sandbox",
            base="host",
            since="2026-11-01",
        ),
    )
}
