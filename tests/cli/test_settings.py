from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from headway.cli.settings import options, settings


@click.command()
@options("data", "public_url")
def verb(file: Path | None, **given: str | None) -> None:
    """Say what was understood."""
    config = settings(file, **given)
    click.echo(f"{config.data} {config.public_url}")


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def said(*argv: str) -> tuple[int, str]:
    """What the verb answers."""
    result = CliRunner().invoke(verb, argv)
    return result.exit_code, result.output


def test_an_option_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('data = "/file"\npublic_url = "https://file"')
    assert said("--config", "mine.toml", "--data", "/option") == (0, "/option https://file\n")


def test_a_file_in_the_present_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "headway.toml").write_text('data = "/here"')
    assert said() == (0, "/here \n")


def test_an_unknown_setting_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "headway.toml").write_text("drain_second = 3")
    code, text = said()
    assert code == 2
    assert "did you mean drain_seconds?" in text


def test_a_file_that_is_no_toml_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "headway.toml").write_text("data = \n")
    code, text = said()
    assert code == 2
    assert "headway.toml: Invalid value" in text
