import io
import tarfile

import httpx2

from headway.testing.examples import PROCFILE
from tests.dialects.headway.ending import ended

Client = httpx2.AsyncClient
APP = "/apps/hello-world"


def archive(cron: str) -> bytes:
    """Source with that cron.json."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as tar:
        for name, content in (("Procfile", PROCFILE), ("cron.json", cron)):
            member = tarfile.TarInfo(f"source/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content.encode()))
    return written.getvalue()


async def deploy(live: Client, cron: str) -> str:
    """How a deployment with that cron.json ended."""
    reply = await live.post(f"{APP}/deployments", content=archive(cron))
    return (await ended(live, reply))["phase"]


async def test_tasks_are_those_of_the_release_in_force(live: Client) -> None:
    assert (await live.get(f"{APP}/cron_tasks")).json() == {"tasks": []}
    assert await deploy(live, '{"jobs": [{"command": "0 5 * * * bin/report", "size": "L"}]}') == "succeeded"
    (task,) = (await live.get(f"{APP}/cron_tasks")).json()["tasks"]
    assert (task["schedule"], task["command"], task["size"]) == ("0 5 * * *", "bin/report", "L")
    assert (task["last_at"], task["last_operation"], task["trouble"], task["missed_at"]) == (None,) * 4
    assert "T05:00:00" in task["next_at"]
    assert await deploy(live, '{"jobs": [{"command": "every now and then"}]}') == "failed"
    assert (await live.get(f"{APP}/cron_tasks")).json()["tasks"] == [task]
    assert await deploy(live, '{"jobs": []}') == "succeeded"
    assert (await live.get(f"{APP}/cron_tasks")).json() == {"tasks": []}
    assert (await ended(live, await live.post(f"{APP}/rollback", json={})))["phase"] == "succeeded"
    assert (await live.get(f"{APP}/cron_tasks")).json()["tasks"] == [task]


async def test_who_may_not_see_the_app_sees_none(guest: Client) -> None:
    assert (await guest.get(f"{APP}/cron_tasks")).status_code == 404
