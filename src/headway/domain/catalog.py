"""Every operation type, listed by hand. A name that was released once stays."""

from typing import Any

from headway.domain.apps.configure import CONFIGURE
from headway.domain.apps.delete import DELETE
from headway.domain.apps.rename import RENAME
from headway.domain.apps.restart import RESTART
from headway.domain.apps.rollback import ROLLBACK
from headway.domain.apps.scale import SCALE
from headway.domain.deployments.deploy import DEPLOY
from headway.domain.domains.certify import CERTIFY
from headway.domain.files.copy import COPY
from headway.domain.files.export import EXPORT
from headway.domain.known_solutions.generate import GENERATE
from headway.domain.labelling_projects.archive import ARCHIVE as ARCHIVE_PROJECT
from headway.domain.one_offs.start import START
from headway.domain.one_offs.stop import STOP
from headway.domain.pools.archive import ARCHIVE as ARCHIVE_POOL
from headway.domain.pools.archive import ARCHIVE_TRAINING
from headway.domain.pools.clone import CLONE, CLONE_TRAINING
from headway.domain.pools.close import CLOSE, CLOSE_TRAINING
from headway.domain.pools.open import OPEN, OPEN_TRAINING
from headway.domain.solutions.aggregate import AGGREGATE
from headway.domain.task_suites.batch_create import BATCH_CREATE as CREATE_SUITES
from headway.domain.tasks.batch_create import BATCH_CREATE as CREATE_TASKS
from headway.domain.world import World
from headway.engine.declare import OperationType

CATALOG: dict[str, OperationType[Any, World]] = {
    type.name: type
    for type in (
        *(SCALE, RESTART, RENAME, ROLLBACK, CONFIGURE, DELETE, DEPLOY, CERTIFY, START, STOP, COPY, EXPORT),
        *(
            OPEN,
            CLOSE,
            ARCHIVE_POOL,
            CLONE,
            ARCHIVE_PROJECT,
            CREATE_TASKS,
            CREATE_SUITES,
            AGGREGATE,
            GENERATE,
        ),
        *(OPEN_TRAINING, CLOSE_TRAINING, ARCHIVE_TRAINING, CLONE_TRAINING),
    )
}
