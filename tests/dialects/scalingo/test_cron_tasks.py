"""Cron tasks over HTTP."""

import httpx2

from headway.domain.cron_tasks.put_in_force import put_in_force
from headway.domain.world import World
from headway.model.apps import App
from headway.model.cron_tasks import line_of
from headway.store import apps, releases
from headway.store.database import Tx
from tests.records import a_release

Client = httpx2.AsyncClient
PATH = "/v1/apps/hello-world/cron_tasks"


async def test_without_any_the_list_is_empty(client: Client, app: App) -> None:
    reply = await client.get(PATH)
    assert (reply.status_code, reply.json(), app.name) == (
        200,
        {"jobs": [], "deployment_id": None},
        "hello-world",
    )


async def test_each_is_listed_as_it_stands_in_the_file(client: Client, world: World, app: App) -> None:
    cron = (line_of("0 5 * * * bin/report"), line_of("*/10 * * * * rails orders:check", "2XL"))

    async def body(tx: Tx) -> None:
        release = a_release(app_id=app.id, cron=cron)
        await releases.keep(tx, release)
        await apps.released(tx, app.id, release.id, release.created_at)
        await put_in_force(world, tx, release)

    await world.database.write(body)
    jobs = (await client.get(PATH)).json()["jobs"]
    assert [(it["command"], it["size"], it["last_execution_date"]) for it in jobs] == [
        ("0 5 * * * bin/report", "M", None),
        ("*/10 * * * * rails orders:check", "2XL", None),
    ]
    assert jobs[0]["next_execution_date"].endswith("T05:00:00.000Z")


async def test_a_stranger_finds_no_app(stranger: Client, app: App) -> None:
    reply = await stranger.get(PATH)
    assert (reply.status_code, reply.json()["resource"], app.name) == (404, "app", "hello-world")
