import json
import subprocess
import sys

import click
import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from headway.cli.main import VERBS, main

HEAVY = ("apsw", "asyncpg", "cryptography", "acme", "uvicorn", "starlette", "headway.app", "headway.store")
DRAWING = ("rich", "headway.cli.terminal")
REMOTE = ("ops", "apps", "env", "logs")
FOR_PEOPLE = {"up", "demo", "completion", "test", "bench"}
"""They show, or begin something that does: there is nothing that a script could want of them in one piece."""


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


def test_whatever_a_script_could_want_is_told_as_json() -> None:
    asked = [name for name in VERBS if name not in FOR_PEOPLE]
    without = [
        said for name in asked for said in without_json(name, main.get_command(click.Context(main), name))
    ]
    assert not without, f"give these --json: {without}"


def without_json(name: str, command: click.Command | None) -> list[str]:
    """The commands below that have no `--json`: `account create`, …."""
    assert command is not None
    if isinstance(command, click.Group):
        return [said for of, it in command.commands.items() for said in without_json(f"{name} {of}", it)]
    return [] if any("--json" in it.opts for it in command.params) else [name]


@pytest.mark.parametrize("verb", ["", *REMOTE])
def test_what_speaks_to_a_platform_reads_nothing_of_the_platform_itself(verb: str) -> None:
    wanted = f"main.get_command(None, {verb!r})" if verb else "main.main(['--help'], standalone_mode=False)"
    program = f"import json, sys; from headway.cli.main import main; {wanted}; sys.stderr.write(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = json.loads(done.stderr)
    assert not [it for it in modules if it.startswith(HEAVY + DRAWING)]
