"""Cron tasks: list."""

from headway.dialects.scalingo import asked
from headway.dialects.scalingo import project_cron_tasks as project
from headway.dialects.scalingo.wire import cron_tasks as wire
from headway.views import cron_tasks
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Says


@Says(wire.CronTasksReply)
async def list_all(ask: Ask) -> Answer:
    """Every one of the release in force; never in pages."""
    app = await asked.app(ask, "cron_tasks.read")
    return answer(project.cron_tasks(await cron_tasks.of_app(ask.world.database, app)))
