"""Releases under constant load: good ones, and every way in which one may be bad; then back. Nobody notices."""

from typing import Any

import pytest

from tests.journeys.driving import SETTINGS, Platform, good, platform
from tests.journeys.load import Load

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
APP = "released-app"
QUICK = SETTINGS.replace("boot_seconds = 30", "boot_seconds = 4")
SERVES = "web: exec python3 -u app.py\n"
RELEASES = [
    (SERVES, "success"),
    ("web: exec sleep 1000\n", "timeout-error"),
    (SERVES, "success"),
    ("web: echo no such table; exit 1\n", "crashed-error"),
    (f"{SERVES}postdeploy: sleep 0.2\n", "success"),
    (f"{SERVES}postdeploy: echo no such column; exit 3\n", "hook-error"),
    (SERVES, "success"),
    (f"{SERVES}worker: exec python3 -u app.py\n", "success"),
    (f"{SERVES}postdeploy: true\n", "success"),
    (SERVES, "success"),
]


async def test_ten_deployments_in_a_row_three_of_them_bad_and_a_rollback_cost_no_request() -> None:
    async with platform(QUICK) as made:
        await made.create(APP)
        assert (await made.deploy(APP, good()))["status"] == "success"
        scaled = {"containers": [{"name": "web", "amount": 2}]}
        assert (await made.change(f"/v1/apps/{APP}/scale", scaled))["status"] == "done"
        load = Load(made.config.apps, f"{APP}.{made.config.domain}")
        async with load.running():
            for number, (procfile, status) in enumerate(RELEASES):
                content = good(Procfile=procfile, version=str(number))
                deployment = await made.deploy(APP, content, f"v{number}")
                assert deployment["status"] == status, await made.said_by(APP, deployment)
            await rolled_back(made, {})
            await rolled_back(made, {"version": 1})
        assert load.failures == []
        assert sum(load.answered.values()) > 1000
        # Only what serves runs, and the one-offs of the hooks have ended.
        assert set((await made.containers(APP)).values()) == {"running"}
        assert len(await made.containers(APP)) == 2


async def rolled_back(made: Platform, body: dict[str, Any]) -> None:
    token = (made.config.folder / "admin.token").read_text().strip()
    bearer = {"Authorization": f"Bearer {token}"}
    accepted = await made.ask("POST", f"/headway/v1/apps/{APP}/rollback", json=body, headers=bearer)
    assert accepted.status_code == 202, accepted.text
    assert (await made.ended(f"/v1/apps/{APP}/operations/{accepted.json()['id']}"))["status"] == "done"
