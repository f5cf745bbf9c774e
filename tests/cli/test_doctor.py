import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from headway.builders.toolchains import Tool
from headway.cli import doctor
from headway.config import Config
from headway.runtimes.port import Offer


async def test_everything_that_matters_is_looked_at(tmp_path: Path) -> None:
    found = await doctor.examined(Config(data=str(tmp_path / "not" / "there")))
    names = [offer.name for offer in found]
    assert set(names) >= {
        "python",
        "sandbox",
        "limits",
        "disk",
        "database",
        "git",
        "node",
        "ruby",
        "bundle",
        "go",
        "docker",
    }
    assert all(offer.text for offer in found)
    assert not (tmp_path / "not").exists()


async def test_a_database_that_does_not_answer_is_missing() -> None:
    offer = await doctor.database(Config(database="postgresql://nobody@127.0.0.1:1/nothing"))
    assert offer.level == "missing"
    assert offer.text.startswith("PostgreSQL does not answer: ")


def test_a_language_is_told_as_builds_find_it() -> None:
    found = Tool(path=Path("/usr/bin/go"), version=(1, 22, 3))
    assert doctor.language("go", found, "Go") == Offer(name="go", level="good", text="1.22.3, /usr/bin/go")
    missing = doctor.language("go", None, "Go")
    assert missing.level == "missing"
    assert "/usr/local/go/bin" in missing.text
    assert missing.text.endswith("needed for builds of Go apps")


def test_a_tool_that_is_not_there_is_told_with_what_it_is_for() -> None:
    offer = doctor.tool("no-such-tool", "nothing at all", ["no-such-tool"])
    assert (offer.level, offer.text) == ("missing", "not in PATH; needed for nothing at all")


def test_a_tool_that_does_not_answer_is_missing() -> None:
    assert doctor.tool("false", "nothing", ["false"]).level == "missing"


def test_the_whole_is_told_a_line_each(tmp_path: Path) -> None:
    done = CliRunner().invoke(doctor.doctor, ["--data", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "SQLite in" in done.output


def test_scripts_are_told_the_level_of_each(tmp_path: Path) -> None:
    told = json.loads(CliRunner().invoke(doctor.doctor, ["--data", str(tmp_path), "--json"]).stdout)
    assert all(set(it) == {"name", "level", "text"} for it in told)
    assert ("database", "good") in {(it["name"], it["level"]) for it in told}


def test_where_the_platform_could_not_run_it_ends_with_one(tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    done = CliRunner().invoke(doctor.doctor, ["--data", str(tmp_path), "--database", url])
    assert done.exit_code == 1


@pytest.mark.parametrize(("size", "level"), [(0, "good"), (1 << 60, "reduced")])
def test_a_disk_with_little_room_is_reduced(size: int, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "DISK_BYTES_MIN", size)
    assert doctor.disk(Path("/nowhere/at/all")).level == level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("git version 2.29.0", "good"),
        ("git version 2.39.5 (Apple)", "good"),
        ("git version 3.0", "good"),
        ("git version 2.28.1", "reduced"),
    ],
)
def test_a_git_that_is_too_old_to_receive_pushes_is_told(text: str, level: str) -> None:
    assert doctor.git(Offer(name="git", level="good", text=text)).level == level
