"""What the operator is told of what is to be switched off."""

import json
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from headway.cli.child import Child
from headway.cli.deprecations import listed
from headway.config import Config
from headway.ids import show
from headway.model.legacy_calls import LegacyCalls
from headway.views.legacy_calls import Shown


def test_each_deprecation_is_told_with_who_calls_it() -> None:
    it = LegacyCalls("platform-v1-operations", 7, 8, 3, 1_000_000, 2_500_000)
    found = {one.name: one for one in listed(Config(), [Shown(calls=it, account="admin", token="first")])}
    assert set(found) == {"platform-v1-operations", "platform-v1-files", "iam-v1-oauth2-token"}
    (caller,) = found["platform-v1-operations"].callers
    assert (caller.account, caller.token, caller.calls) == ("admin", "first", 3)
    assert (caller.account_id, caller.token_id, caller.last_at) == (show(8), show(7), "1970-01-01T00:00:02Z")
    one = found["platform-v1-operations"]
    assert (one.since, one.sunset) == ("2026-02-12T00:00:00Z", "2029-01-31T00:00:00Z")
    assert "GET /platform/v1/operations/{operationId}" in one.paths
    assert found["platform-v1-files"].callers == []


@pytest.mark.slow
async def test_who_called_a_running_platform_is_told_once_it_has_stopped(platform: Child) -> None:
    config = platform.config
    token = (config.folder / "admin.token").read_text().strip()
    async with httpx2.AsyncClient(base_url=f"http://{config.listen}", trust_env=False) as http:
        path = f"/platform/v1/operations/{'0' * 24}"
        reply = await http.get(path, headers={"authorization": f"Bearer {token}"})
        assert (reply.status_code, reply.headers["deprecation"]) == (404, "@1770854400")
    await platform.end()
    said = json.loads(run(config.folder, "--json"))
    (caller,) = next(it for it in said if it["name"] == "platform-v1-operations")["callers"]
    assert (caller["account"], caller["token"], caller["calls"]) == ("admin", "first", 1)
    for_people = run(config.folder)
    assert "called 1 times by admin (first)" in for_people
    assert "nobody calls it" in for_people


def run(folder: Path, *argv: str) -> str:
    """What it said."""
    whole = [sys.executable, "-m", "headway", "deprecations", *argv, "--data", str(folder)]
    done = subprocess.run(whole, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
