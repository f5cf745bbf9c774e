from pathlib import Path

import pytest

from headway.config import Config, load
from headway.errors import Invalid


def test_without_anything_given_the_defaults_hold() -> None:
    assert load(None, {}) == Config()


def test_an_option_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "headway.toml"
    file.write_text('listen = "file"\napps = "file"\nssh = "file"\n')
    config = load(
        file, {"HEADWAY_APPS": "environment", "HEADWAY_SSH": "environment"}, ssh="option", data=None
    )
    assert (config.listen, config.apps, config.ssh) == ("file", "environment", "option")


def test_numbers_in_the_environment_are_read_as_numbers() -> None:
    assert load(None, {"HEADWAY_DRAIN_SECONDS": "2.5"}).drain_seconds == 2.5


def test_a_setting_of_several_values_is_a_list_in_the_file_and_has_commas_in_the_environment(
    tmp_path: Path,
) -> None:
    file = tmp_path / "headway.toml"
    file.write_text("crash_delays_seconds = [0, 0.5]")
    assert load(file, {}).crash_delays_seconds == (0.0, 0.5)
    assert load(file, {"HEADWAY_CRASH_DELAYS_SECONDS": "0, 1.5,3"}).crash_delays_seconds == (0.0, 1.5, 3.0)


def test_variables_that_are_no_settings_are_left_alone() -> None:
    assert load(None, {"HEADWAY_TEST_ALL": "1", "PATH": "/bin"}) == Config()


def test_an_unknown_setting_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    file = tmp_path / "headway.toml"
    file.write_text("drain_second = 1")
    with pytest.raises(Invalid, match="did you mean drain_seconds"):
        load(file, {})


def test_a_setting_of_the_wrong_type_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "headway.toml"
    file.write_text('drain_seconds = "soon"')
    with pytest.raises(Invalid, match="drain_seconds"):
        load(file, {})


def test_the_folder_of_a_home_is_found() -> None:
    assert Config(data="~/x").folder == Path.home() / "x"
