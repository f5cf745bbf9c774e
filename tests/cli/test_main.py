import json
import subprocess
import sys

import click
import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from headway.cli.main import VERBS, main

HEAVY = ("apsw", "asyncpg", "cryptography", "acme", "uvicorn", "starlette", "headway.app", "headway.store")
REMOTE = ("ops", "apps", "env", "logs")


def test_each_verb_that_is_listed_is_there_under_its_name() -> None:
    context = click.Context(main)
    said = " ".join(CliRunner().invoke(main, ["--help"]).output.split())
    for name, verb in VERBS.items():
        command = main.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert verb.text in said


def test_a_verb_that_is_not_there_is_told_and_one_like_it() -> None:
    done = CliRunner().invoke(main, ["opps"])
    assert done.exit_code == 2
    assert "Did you mean" in done.output


def test_what_is_begun_is_completed() -> None:
    complete = BashComplete(main, {}, "headway", "_HEADWAY_COMPLETE")
    assert [it.value for it in complete.get_completions([], "re")] == ["restart", "releases"]
    assert [it.value for it in complete.get_completions(["ops"], "f")] == ["follow"]
    assert "--json" in {it.value for it in complete.get_completions(["ops", "list"], "--")}


@pytest.mark.parametrize("verb", ["", *REMOTE])
def test_what_speaks_to_a_platform_reads_nothing_of_the_platform_itself(verb: str) -> None:
    wanted = f"main.get_command(None, {verb!r})" if verb else "main.main(['--help'], standalone_mode=False)"
    program = f"import json, sys; from headway.cli.main import main; {wanted}; sys.stderr.write(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = json.loads(done.stderr)
    assert not [it for it in modules if it.startswith(HEAVY)]
