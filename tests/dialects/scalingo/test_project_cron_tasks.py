"""Cron tasks in Scalingo's words."""

import msgspec

from headway.dialects.scalingo.project_cron_tasks import cron_tasks
from headway.ids import show
from headway.views.cron_tasks import Shown
from tests.records import AT, a_cron_task


def test_a_task_that_never_ran_has_null_where_others_have_a_date() -> None:
    shown = Shown(tasks=[a_cron_task(), a_cron_task(size="2XL", last_at=AT)], deployment_id=9)
    assert msgspec.to_builtins(cron_tasks(shown)) == {
        "jobs": [
            {
                "command": "0 5 * * * bin/report",
                "size": "M",
                "last_execution_date": None,
                "next_execution_date": "2023-11-14T22:13:20.123Z",
            },
            {
                "command": "0 5 * * * bin/report",
                "size": "2XL",
                "last_execution_date": "2023-11-14T22:13:20.123Z",
                "next_execution_date": "2023-11-14T22:13:20.123Z",
            },
        ],
        "deployment_id": show(9),
    }
