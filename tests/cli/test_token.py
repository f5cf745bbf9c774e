import json
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from headway.cli.child import Child
from headway.cli.token import token

pytestmark = pytest.mark.slow


def create(folder: str, *argv: str) -> tuple[int, str]:
    """Code, and what it said."""
    whole = [sys.executable, "-m", "headway", "token", "create", *argv, "--data", folder]
    done = subprocess.run(whole, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


async def opens(platform: Child, secret: str) -> bool:
    """Whether the platform takes it."""
    async with httpx2.AsyncClient(base_url=f"http://{platform.config.listen}") as http:
        headers = {"authorization": f"Bearer {secret}"}
        return (await http.get("/headway/v1/operations", headers=headers)).status_code == 200


async def test_a_token_made_while_the_platform_runs_opens_it_at_once(platform: Child) -> None:
    code, secret = create(platform.config.data, "mine")
    assert code == 0, secret
    assert await opens(platform, secret.strip())
    assert not await opens(platform, "tk-us-something-else")


async def test_scripts_are_told_the_secret_with_what_it_is_called(platform: Child) -> None:
    code, said = create(platform.config.data, "scripted", "--json")
    assert code == 0, said
    made = json.loads(said)
    assert set(made) == {"id", "name", "account", "created_at", "token"}
    assert (made["name"], made["account"]) == ("scripted", "admin")
    assert await opens(platform, made["token"])


async def test_a_token_made_while_nothing_runs_opens_the_next_platform(platform: Child) -> None:
    await platform.end()
    secret = create(platform.config.data, "mine")[1]
    await platform.start()
    assert await opens(platform, secret.strip())


async def test_an_account_that_is_not_there_is_named(platform: Child) -> None:
    code, said = create(platform.config.data, "mine", "--account", "nobody")
    assert code == 1
    assert "account nobody not found" in said


def test_where_there_is_no_platform_it_says_so(tmp_path: Path) -> None:
    done = CliRunner().invoke(token, ["create", "mine", "--data", str(tmp_path / "nothing")])
    assert (done.exit_code, "there is no platform in" in done.output) == (1, True)
