"""Cron tasks on the wire."""

import msgspec


class Job(msgspec.Struct, kw_only=True):
    """One task. A date that is not there is null: clients cannot read an empty one."""

    command: str
    """The schedule and the command, as in cron.json."""
    size: str
    last_execution_date: str | None
    next_execution_date: str | None


class CronTasksReply(msgspec.Struct, kw_only=True):
    """Every task, under a name of its own, and the deployment that brought them."""

    jobs: list[Job]
    deployment_id: str | None
