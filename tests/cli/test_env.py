from click.testing import CliRunner

from headway.cli.main import main


def test_what_is_no_pair_is_wrong_usage() -> None:
    given = ["env", "set", "hello-world", "NAME", "--server", "http://127.0.0.1:9"]
    done = CliRunner().invoke(main, given, env={"HEADWAY_TOKEN": "x"})
    assert (done.exit_code, "NAME=VALUE" in done.output) == (2, True)
