import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from headway.cli.child import Child
from headway.cli.down import down, end_control_plane
from headway.config import Config


def test_where_there_is_no_platform_it_says_so(tmp_path: Path) -> None:
    done = CliRunner().invoke(down, ["--data", str(tmp_path / "nothing")])
    assert (done.exit_code, "there is no platform in" in done.output) == (1, True)
    assert not (tmp_path / "nothing").exists()


def test_a_control_plane_that_does_not_run_has_ended(tmp_path: Path) -> None:
    end_control_plane(Config(data=str(tmp_path)))


@pytest.mark.slow
async def test_everything_ends_and_ending_it_twice_is_fine(
    platform: Child, processes_of: Callable[[Path], dict[int, str]]
) -> None:
    folder = platform.config.folder
    await platform.end()
    assert processes_of(folder) == {}
    await platform.end()


@pytest.mark.slow
async def test_scripts_are_told_of_which_folder_nothing_runs_any_more(platform: Child) -> None:
    config = platform.config
    options = ["--data", config.data, "--runtime", config.runtime, "--json"]
    done = await asyncio.to_thread(CliRunner().invoke, down, options)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"data": str(config.folder), "runs": False}


@pytest.mark.slow
async def test_after_a_down_the_same_platform_comes_up_again(platform: Child) -> None:
    token = (platform.config.folder / "admin.token").read_text()
    await platform.end()
    await platform.start()
    assert (platform.config.folder / "admin.token").read_text() == token
