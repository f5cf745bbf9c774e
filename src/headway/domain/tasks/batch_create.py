"""Make many tasks in pools that mix."""

from headway.domain.batches.making import TASK
from headway.domain.batches.operation import type_of

BATCH_CREATE = type_of("task.batch_create", TASK)
