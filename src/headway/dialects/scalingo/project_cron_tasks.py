"""Cron tasks in Scalingo's words: pure."""

from headway import ids
from headway.dialects.scalingo.project import date_or_none
from headway.dialects.scalingo.wire import cron_tasks as wire
from headway.model.cron_tasks import CronTask
from headway.views.cron_tasks import Shown


def cron_tasks(it: Shown) -> wire.CronTasksReply:
    """All of an app."""
    made = None if it.deployment_id is None else ids.show(it.deployment_id)
    return wire.CronTasksReply(jobs=[_job(one) for one in it.tasks], deployment_id=made)


def _job(it: CronTask) -> wire.Job:
    return wire.Job(
        command=it.text,
        size=it.size,
        last_execution_date=date_or_none(it.last_at),
        next_execution_date=date_or_none(it.next_at),
    )
