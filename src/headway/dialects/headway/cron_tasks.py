"""What apps run by the clock: list."""

from headway.dialects.headway import project_apps as project
from headway.dialects.headway import wire_apps as wire
from headway.dialects.headway.apps import asked
from headway.views import cron_tasks
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Says


@Says(wire.CronTasks)
async def list_all(ask: Ask) -> Answer:
    """Every task of the app; never in pages."""
    app = await asked(ask, "cron_tasks.read")
    found = await cron_tasks.of_app(ask.world.database, app)
    return answer(wire.CronTasks(tasks=[project.cron_task(it) for it in found.tasks]))
