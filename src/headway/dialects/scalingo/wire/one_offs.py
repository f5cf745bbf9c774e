"""One-off containers on the wire."""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from headway.dialects.scalingo.wire.apps import App
from headway.dialects.scalingo.wire.containers import Container


class Run(msgspec.Struct, kw_only=True):
    """What is to be run."""

    command: str | None = None
    type: str | None = None
    env: dict[str, str] | None = None
    size: str | None = None
    detached: bool | None = None
    has_uploads: Any = None
    """Clients say no to this also where they upload."""


class OneOff(Container, kw_only=True):
    """A one-off with its app, as the 2015 documents show it."""

    memory: int
    app: App


class RunReply(msgspec.Struct, kw_only=True):
    """A one-off that was begun; the documents of 2015 know only the first two, those of today not the second."""

    container: OneOff
    attach_url: str | UnsetType = UNSET
    operation_url: str
    operation: str


class Resize(msgspec.Struct):
    """The size of a terminal: numbers in the documents, texts from the CLI."""

    width: int | str
    height: int | str


class Waited(msgspec.Struct):
    """How a one-off ended. Whole numbers only: clients cannot read anything else here."""

    exit_code: int
