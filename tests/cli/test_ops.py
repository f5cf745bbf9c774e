from click.testing import CliRunner

from headway.cli.main import main


def test_its_verbs_are_all_there() -> None:
    said = CliRunner().invoke(main, ["ops", "--help"]).output
    assert all(verb in said for verb in ("list", "show", "follow", "why", "cancel", "retry", "undo"))


def test_a_verb_without_its_operation_is_wrong_usage() -> None:
    assert CliRunner().invoke(main, ["ops", "show"]).exit_code == 2
