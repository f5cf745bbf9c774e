"""The command, on types that keep their word and that do not."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from headway.cli.main import main
from headway.cli.simulate_type import happened
from headway.testing.simulation.killing import case_of

ROOT = Path(__file__).parents[2]
REPORTS, EMBED = ROOT / "examples" / "reports", ROOT / "examples" / "embed"
PAGE = ROOT / "docs" / "explain" / "own-operations.md"
BAD = """
from tests.testing import walls

TRIAL = walls.trial(walls.paint_over, walls.wash)
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["simulate", *arguments])


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's own folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_a_trial_that_holds_is_told_in_a_line() -> None:
    done = run("tests.testing.walls:GOOD", "--cases", "8")
    assert done.exit_code == 0, done.output
    assert "0 broken" in done.output
    assert done.output.startswith("wall.paint: ")


def test_a_broken_promise_is_told_with_its_seed_which_leads_to_it_again(here: Path) -> None:
    (here / "bad_walls.py").write_text(BAD)
    done = run("bad_walls:TRIAL", "--cases", "40")
    assert done.exit_code == 1
    assert "done-alike: once it has succeeded" in done.output
    assert "north is b'redred', and should be b'red'" in done.output
    (again, *_) = [line for line in done.output.splitlines() if "again: headway simulate " in line]
    once_more = run(*again.partition("simulate ")[2].split())
    assert once_more.exit_code == 1
    told = json.loads(run("bad_walls:TRIAL", "--cases", "40", "--json").stdout)
    (alike, *_) = [it for it in told["broken"] if it["rule"] == "done-alike"]
    assert (told["type"], alike["cases"] >= 1, bool(alike["happened"])) == ("wall.paint", True, True)
    argv = ["bad_walls:TRIAL", "--seed", alike["seed"], "--trace", "--json"]
    (one,) = (lived := json.loads(run(*argv).stdout))["broken"]
    assert (one["rule"], one["told"], bool(lived["trace"])) == ("done-alike", alike["told"], True)
    assert "is dead" in once_more.output
    assert once_more.output.endswith("broken\n")


def test_a_type_that_the_settings_name_is_tried_by_its_name(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(REPORTS)
    (here / "headway.toml").write_text('operation_types = ["reports:EXPORT"]\n')
    done = run("report.export", "--params", '{"name": "march", "pages": 2}', "--cases", "6")
    assert done.exit_code == 0, done.output
    assert "report.export: " in done.output


def test_the_trial_on_the_page_about_own_operations_holds(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(EMBED)
    (block,) = re.findall(r"```python\n# trials.py\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (here / "trials.py").write_text(block)
    done = run("trials:TRIAL", "--cases", "12")
    assert done.exit_code == 0, done.output
    assert "report.export: " in done.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["report.import"], "none of the operation_types"),
        (["no.such.module:X"], "No module"),
        (["tests.testing.walls:Paint"], "neither an operation type nor a trial"),
        (["tests.testing.walls:PAINT", "--params", '{"wall": 5}'], "Expected `str`"),
        (["tests.testing.walls:PAINT", "--params", "{"], "params"),
        (["tests.testing.walls:GOOD", "--seed", "41"], "no seed of a trial"),
        (["--seed", "k41"], "those are numbers"),
    ],
)
def test_what_cannot_be_tried_is_told(here: Path, arguments: list[str], told: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert told in done.output


def test_what_befell_it_is_told_in_a_sentence() -> None:
    assert happened(case_of("a0"), "") == "nothing goes wrong"
    assert happened(case_of("f1k4x"), "does “paint”") == (
        "step 1 does its work and then fails; "
        "its node is lost, another one takes over at moment 4, when it does “paint”"
    )
