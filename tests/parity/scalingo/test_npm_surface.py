"""Everything that Scalingo's own npm client offers for what Headway is, called once on a real platform."""

from pathlib import Path
from typing import Any

import pytest

from headway import app
from tests.journeys.driving import SETTINGS, good, platform
from tests.parity.scalingo.conftest import Drive
from tests.ready_made import OTHER_SECRET, add_account

CRON = '{"jobs": [{"command": "0 5 * * * echo good morning", "size": "S"}]}'
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0wbdmWqFkxSbPiGWYZ3y4jBLnEa5DFHHvlKlqRFIhn laptop"


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.shows(
    "GET /v1/regions",
    "GET /v1/users/self",
    "POST /v1/tokens/exchange",
    "GET /v1/tokens",
    "POST /v1/tokens",
    "PATCH /v1/tokens/:id/renew",
    "DELETE /v1/tokens/:id",
    "GET /v1/apps/:app/ps",
    "POST /v1/apps/:app/containers/:id/stop",
    "GET logs_url",
    "WEBSOCKET logs_url&stream=true",
    "GET /v1/apps/:app/deployments",
    "GET /v1/apps/:app/deployments/:id",
    "POST /v1/apps/:app/deployments",
    "GET /v1/apps/:app/deployments/:id/output",
    "DELETE /v1/apps/:app/caches/deployment",
    "POST /v1/sources",
    "PUT upload_url",
    "WEBSOCKET links.deployments_stream",
    "GET /v1/apps/:app/cron_tasks",
    "GET /v1/apps/:app/variables",
    "POST /v1/apps/:app/variables",
    "PUT /v1/apps/:app/variables",
    "PATCH /v1/apps/:app/variables/:id",
    "DELETE /v1/apps/:app/variables/:id",
    "DELETE /v1/apps/:app/variables",
    "GET /v1/apps/:app/domains",
    "GET /v1/apps/:app/domains/:id",
    "POST /v1/apps/:app/domains",
    "PATCH /v1/apps/:app/domains/:id",
    "DELETE /v1/apps/:app/domains/:id",
    "GET /v1/apps/:app/collaborators",
    "POST /v1/apps/:app/collaborators",
    "PATCH /v1/apps/:app/collaborators/:id",
    "DELETE /v1/apps/:app/collaborators/:id",
    "GET /v1/apps/collaboration",
    "GET /v1/collaborators",
    "GET /v1/keys",
    "GET /v1/keys/:id",
    "POST /v1/keys",
    "DELETE /v1/keys/:id",
    "GET /v1/features/stacks",
    "GET /v1/features/container_sizes",
    "GET /v1/features/metrics",
    "GET /v1/apps/:app/events",
    "GET /v1/apps/:app/events/:id",
    "GET /v1/events",
    "GET /v1/event_types",
    "GET /v1/event_categories",
    "GET /v1/projects",
    "POST /v1/projects",
    "GET /v1/projects/:id",
    "PATCH /v1/projects/:id",
    "GET /v1/apps/:app/stats/:metric",
)
async def test_every_call_of_the_client_is_answered(tmp_path: Path, drive: Drive) -> None:
    archive = tmp_path / "source.tar.gz"
    archive.write_bytes(good(**{"cron.json": CRON}))
    async with platform(f"{SETTINGS}hot_log_bytes = 10000\n") as made:
        async with app.assembled(made.config) as seeded:
            await add_account(seeded.world, "guest", OTHER_SECRET)
        token = (made.config.folder / "admin.token").read_text().strip()
        given = (f"http://{made.config.listen}", token, OTHER_SECRET, "guest@example.com", str(archive), KEY)
        seen = await drive(*given, script="surface.cjs")
    assert seen["uncalled"] == []
    assert seen["missing"] == []
    assert_apps(seen["returned"])
    assert_containers(seen["returned"])
    assert_people(seen["returned"])
    assert_what_is_around(seen["returned"])


def assert_apps(returned: dict[str, Any]) -> None:
    assert returned["Apps.create"]["name"] == "npm-other"
    assert [one["name"] for one in returned["Apps.all"]] == ["npm-other"]
    assert (returned["Apps.update"]["force_https"], returned["Apps.update"]["router_logs"]) == (True, True)
    assert returned["Apps.rename"]["name"] == "npm-renamed"
    assert returned["Apps.transfer"]["owner"]["email"] == "guest@example.com"
    assert returned["Deployments.find"]["status"] == "success"
    assert returned["news"]["deployment"] == returned["Deployments.find"]["id"]
    assert returned["Deployments.for"]["meta"]["pagination"]["total_count"] == 1
    assert returned["Environment.update"]["value"] == "one"
    assert {one["name"] for one in returned["Environment.for"]} == {"ONE", "TWO", "THREE"}
    assert set(returned["Logs.archives"]) == {"next_cursor", "has_more", "archives"}
    assert set(returned["behind"]) == {"next_cursor", "has_more", "archives"}
    assert " UTC [" in returned["Logs.for"]
    assert " UTC [" in returned["Logs.listenerFor"]


def assert_containers(returned: dict[str, Any]) -> None:
    amounts = {one["name"]: one["amount"] for one in returned["Containers.scale"]["formation"]}
    assert (amounts, returned["Containers.scale"]["status"]) == ({"web": 2, "worker": 0}, "done")
    assert returned["Containers.restart"] == {"status": "done", "type": "restart"}
    assert returned["Operations.operation"]["status"] == "done"
    labels = {one["label"] for one in returned["Containers.processes"]}
    assert labels == {"web-1", "web-2", "one-off-1"}
    assert returned["Containers.run"]["type"] == "one-off"
    (job,) = returned["CronTasks.for"]["jobs"]
    assert (job["command"], job["size"]) == ("0 5 * * * echo good morning", "S")
    assert (job["last_execution_date"], job["next_execution_date"][10:]) == (None, "T05:00:00.000Z")
    assert returned["CronTasks.for"]["deployment_id"] == returned["Deployments.find"]["id"]


def assert_people(returned: dict[str, Any]) -> None:
    assert returned["Collaborators.invite"]["status"] == "pending"
    assert returned["Collaborators.update"]["is_limited"] is False
    assert [one["status"] for one in returned["Collaborators.for"]] == ["accepted"]
    assert returned["Tokens.renew"]["token"] != returned["Tokens.create"]["token"]
    assert "another" in [one["name"] for one in returned["Tokens.all"]]
    assert returned["Keys.show"]["name"] == "laptop"
    assert [region["default"] for region in returned["Regions.all"]] == [True]


def assert_what_is_around(returned: dict[str, Any]) -> None:
    assert returned["Domains.show"]["name"] == "www.example.com"
    assert returned["Domains.update"]["canonical"] is True
    assert returned["Projects.update"]["name"] == "store"
    assert {one["name"] for one in returned["Projects.all"]} >= {"shop"}
    assert returned["Events.find"] == returned["Events.for"]["events"][0]
    assert returned["Events.for"]["meta"]["pagination"]["current_page"] == 1
    assert {one["type"] for one in returned["Events.for"]["events"]} <= {
        one["name"] for one in returned["Events.listEventTypes"]
    }
    assert returned["Events.listEventCategories"]
    assert isinstance(returned["Metrics.get"], list)
    assert {one["id"] for one in returned["Metrics.types"]} >= {"cpu", "memory", "swap"}
