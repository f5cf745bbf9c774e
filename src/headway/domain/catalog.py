"""Every operation type, listed by hand. A name that was released once stays."""

from typing import Any

from headway.domain.apps.configure import CONFIGURE
from headway.domain.apps.delete import DELETE
from headway.domain.apps.rename import RENAME
from headway.domain.apps.restart import RESTART
from headway.domain.apps.rollback import ROLLBACK
from headway.domain.apps.scale import SCALE
from headway.domain.deployments.deploy import DEPLOY
from headway.domain.one_offs.start import START
from headway.domain.one_offs.stop import STOP
from headway.domain.world import World
from headway.engine.declare import OperationType

CATALOG: dict[str, OperationType[Any, World]] = {
    type.name: type for type in (SCALE, RESTART, RENAME, ROLLBACK, CONFIGURE, DELETE, DEPLOY, START, STOP)
}
