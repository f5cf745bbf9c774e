"""What each dialect tells of itself is true, as schemathesis finds that out: by asking for everything, rightly and wrongly.

In the test command: every case of its coverage phase and three of its fuzzing a route, seeded. With `HEADWAY_FUZZ_SECONDS`
it goes on for so long a dialect.
"""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from headway.web.dialect import Dialect
from tests.conformance.test_dialect import DIALECTS
from tests.journeys.driving import SETTINGS, Platform, good, platform

SECONDS = os.environ.get("HEADWAY_FUZZ_SECONDS", "")
APP = "fuzzed-app"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300 + 4 * int(SECONDS or 0))]


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS.keys())
async def test_nothing_of_what_they_tell_of_themselves_is_found_untrue(dialect: Dialect) -> None:
    async with platform(SETTINGS + "one_off_attach_seconds = 5\n") as made:
        await made.create(APP)
        assert (await made.deploy(APP, good()))["status"] == "success"
        found = [await asked(made, document) for document in documents(dialect)]
        assert (await made.ask("GET", f"/v1/apps/{APP}")).status_code == 200, (
            "it was to stay, or all else was a 404"
        )
    assert not any(found), "\n".join(found)


def documents(dialect: Dialect) -> list[str]:
    """Where it tells what it is."""
    return [route.path for route in dialect.routes if route.path.endswith("/openapi.json")]


async def asked(made: Platform, document: str) -> str:
    """What was found; nothing where that is nothing."""
    more = ["--max-time", SECONDS] if SECONDS else []
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "schemathesis.cli",
            "--config-file",
            str(Path(__file__).with_name("schemathesis.toml")),
        ),
        *("run", f"http://{made.config.listen}{document}", "--no-color", *more),
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "HEADWAY_TEST_TOKEN": (made.config.folder / "admin.token").read_text().strip(),
        },
        cwd=made.config.folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return said.decode() if process.returncode else ""
