"""An operation type of yours on trial: what it is, what is asked of it, and what must be true when it has ended.

    TRIAL = Trial(type=EXPORT, asks=[Export("march", 3)], world=lambda scene: scene.folder)

`headway simulate module:TRIAL` then kills it at every moment, under a made-up clock, and holds what is left against it.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

import msgspec

from headway.clock import Clock
from headway.config import Config
from headway.domain.world import Office
from headway.engine.declare import OperationType, P, W
from headway.engine.submit import Desk
from headway.ids import Ids
from headway.model.operations import Phase
from headway.store.database import Database

SHOWN_MAX = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """What a process finds that performs it. The folder outlives the process, everything else dies with it."""

    folder: Path
    """Empty when the operation is asked for."""
    clock: Clock
    """The made-up one; `asyncio.sleep` keeps to it as well."""
    ids: Ids
    database: Database
    desk: Desk

    @property
    def office(self) -> Office:
        """What steps of a platform find as their world, as far as it is about operations."""
        config = Config(data=str(self.folder))
        return Office(config=config, clock=self.clock, ids=self.ids, database=self.database, desk=self.desk)


def contents(folder: Path) -> Mapping[str, bytes]:
    """Every file below the folder, by its path there."""
    files = sorted(it for it in folder.rglob("*") if it.is_file())
    return {str(it.relative_to(folder)): it.read_bytes() for it in files}


class Trial(msgspec.Struct, Generic[P, W], frozen=True, kw_only=True):
    """A type, and how to tell whether it keeps its word.

    Its steps are run as they are, in one thread, under a made-up clock: what they act on must be a stand-in wherever it is
    a network, another process or real time. Threads are fine (`asyncio.to_thread`): what they do is done at once.
    """

    type: OperationType[P, W]
    asks: Sequence[P]
    """What is asked: each is tried in runs of its own, and succeeds when nothing goes wrong."""
    world: Callable[[Scene], W]
    """What steps find as `run.world`: made anew for each process, from what outlives it."""
    look: Callable[[Scene], Any] = lambda scene: contents(scene.folder)
    """What is there, as something that can be compared; may be async. Of two runs that succeed it is the same,
    and of one that does not, the same as before it."""
    check: Callable[[W, P, Phase], Any] | None = None
    """Raises AssertionError where something is not as it must be at this end; may be async."""
    before: Callable[[Scene], Any] | None = None
    """Makes what must be there before it is asked for: files, tables; may be async."""


def of_type(type: OperationType[Any, Any], params: Mapping[str, Any] | None = None) -> Trial[Any, Any]:
    """The trial of a type of which nothing more is known: its steps have the world that a platform has, without its apps.

    ValidationError where the params are not those of the type, or are needed and were not given.
    """
    return Trial(
        type=type, asks=[msgspec.convert(params or {}, type.params)], world=lambda scene: scene.office
    )


async def asked(answer: Any) -> Any:
    """What a function of the author's returned, whether it is async or not."""
    return await answer if inspect.isawaitable(answer) else answer


def difference(there: Any, wanted: Any) -> str:
    """In a line, how what is there is not what should be."""
    if not (isinstance(there, Mapping) and isinstance(wanted, Mapping)):
        return f"{shown(there)} is there, and should be {shown(wanted)}"
    told = [f"{name} is missing" for name in wanted if name not in there]
    told += [f"{name} is left" for name in there if name not in wanted]
    told += [
        f"{name} is {shown(there[name])}, and should be {shown(wanted[name])}"
        for name in there
        if name in wanted and there[name] != wanted[name]
    ]
    return "; ".join(told)


def shown(value: Any) -> str:
    """The value, if it is short."""
    text = repr(value)
    if len(text) <= SHOWN_MAX:
        return text
    size = f", {len(value)} long" if isinstance(value, (bytes, str)) else ""
    return f"{text[:SHOWN_MAX]}…{size}"
