"""What a command or a step may touch; made once, in `app.py`, and handed down."""

from dataclasses import dataclass
from typing import Any

from headway.authorities.port import Authority
from headway.builders.port import Builder
from headway.clock import Clock
from headway.config import Config
from headway.domain.sites import Sites
from headway.domain.stats.meter import Meter
from headway.engine.submit import Desk
from headway.ids import Ids
from headway.routers.port import Router
from headway.runtimes.port import Runtime
from headway.store.blobs import Blobs
from headway.store.database import Database
from headway.store.logbook import Logbook


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """Where operations are accepted and kept, whatever they are about: all that a service needs that has no apps."""

    config: Config
    clock: Clock
    ids: Ids
    database: Database
    desk: Desk
    """Where operations are submitted."""

    @property
    def acted_on(self) -> Any:
        """What the steps of its operations have as their world."""
        return self


@dataclass(frozen=True, kw_only=True, slots=True)
class World(Office):
    """The platform's parts."""

    runtime: Runtime
    router: Router
    sites: Sites
    """What the router is told of domains."""
    authority: Authority
    builder: Builder
    logbook: Logbook
    blobs: Blobs
    """The contents of files."""
    meter: Meter
