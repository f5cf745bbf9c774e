"""How an operation type is written down: a frozen table of steps.

Four sentences hold for every type:

* A step acts on the world outside. It may be run again after a crash, so it brings about a state.
* An undo may be asked of a step that was only begun; it brings back the state before, from params and notes.
* `record` writes our own rows, exactly once, in the transaction that makes the operation succeeded.
* An exclusive operation holds its target, from the moment it is accepted until it has ended.
"""

import functools
import itertools
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from headway.model.operations import Detail, Operation
from headway.store.database import Tx

P = TypeVar("P", bound=msgspec.Struct)
W = TypeVar("W")
P_co = TypeVar("P_co", bound=msgspec.Struct, covariant=True)
W_co = TypeVar("W_co", covariant=True)


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """How a step that raised `Retry` (or anything unforeseen) is tried again.

    The pause after attempt n is `first_seconds * 2 ** (n - 1)`, at most `pause_seconds_max`.
    """

    attempts_max: int = 5
    first_seconds: float = 0.2
    pause_seconds_max: float = 30


class Run(Protocol[P_co, W_co]):
    """What a step may touch while it runs."""

    @property
    def world(self) -> W_co:
        """The parts that the type's steps act on."""
        ...

    @property
    def params(self) -> P_co:
        """What was asked."""
        ...

    @property
    def operation(self) -> Operation:
        """The record, as it was when the step began."""
        ...

    @property
    def notes(self) -> dict[str, Any]:
        """What earlier steps returned, merged in their order: kept through crashes."""
        ...

    def say(self, text: str) -> None:
        """Add to the operation's log; durable within a moment, and before the step is."""
        ...

    def progress(self, share: float) -> None:
        """How much of this step is done, 0 to 1; seen by followers, not kept through a crash."""
        ...


Do = Callable[[Any], Awaitable[dict[str, Any] | None]]
"""Takes a `Run[P, W]`. What it returns is the step's note."""
Undo = Callable[[Any], Awaitable[None]]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a type."""

    title: str
    """What it does, for people: `start the added containers`."""
    do: Do
    undo: Undo | None = None
    """None: the step leaves nothing outside that would have to be taken back."""
    weight: int = 1
    """Its share of the progress."""
    seconds_max: float = 120
    """For one attempt, forward or back; over it a step is cancelled and the operation turns back."""
    again: Again = Again()
    interruptible: bool = True
    """Whether a cancel may stop it half-way; otherwise a cancel waits until it has ended."""


class OperationType(msgspec.Struct, Generic[P, W], frozen=True, kw_only=True, dict=True):
    """One type of operation. Its name is `noun.verb` and never changes once released."""

    name: str
    params: type[P]
    target: Callable[[P], str]
    """What it is about: `app:<id>`."""
    exclusive: bool = True
    """Whether it holds the target."""
    steps: tuple[Step, ...]
    record: Callable[[Any, Tx], Awaitable[None]] | None = None
    """Takes `Run[P, W]` and the transaction of the end; forward only."""
    record_failure: Callable[[Any, Tx, Detail], Awaitable[None]] | None = None
    """The same for an operation that ends failed or cancelled."""
    summary: Callable[[P], str] | None = None
    """What it does, for people: `scale hello-world to 2 web`."""

    again: Callable[[Any, P, Any, str], Awaitable[Operation]] | None = None
    """Asks for the same again as things are now: takes the world, params, who asks and an idempotency key."""
    same_again: bool = False
    """Whether its params say all, so that where `again` is None they are accepted again as they are."""
    inverse: Callable[[Any, P, Any, str], Awaitable[Operation]] | None = None
    """Asks for what brings back the state before it. None: there is nothing that does."""

    @functools.cached_property
    def weights_behind(self) -> tuple[int, ...]:
        """For each step, and for the end, what all steps before it weigh."""
        return tuple(itertools.accumulate((step.weight for step in self.steps), initial=0))
