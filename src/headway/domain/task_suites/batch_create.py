"""Make many task suites, each with its tasks."""

from headway.domain.batches.making import SUITE
from headway.domain.batches.operation import type_of

BATCH_CREATE = type_of("task_suite.batch_create", SUITE)
