"""`headway test`: every check and every test that this machine can run, from a checkout."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

CHECKOUT = Path(__file__).parents[3]


class Check(msgspec.Struct, frozen=True):
    """One tool, how it is run, and what to do when it finds something."""

    name: str
    argv: tuple[str, ...]
    remedy: str


IMPORT_LINTER = "from importlinter.cli import lint_imports_command as c; c(prog_name='lint-imports')"
CHECKS = (
    Check("format", ("-m", "ruff", "format", "--check", "."), ".venv/bin/ruff format ."),
    Check("lint", ("-m", "ruff", "check", "."), ".venv/bin/ruff check --fix ."),
    Check("floors", ("-c", IMPORT_LINTER), "read ARCHITECTURE.md: a room imports only what lies below it"),
    Check("types", ("-m", "basedpyright", "--pythonpath", sys.executable), "see the lines above"),
)
TESTS = ("-m", "pytest", "-n", "2", "--inline-snapshot=disable", "--durations=40", "--durations-min=5")


def run(argv: Sequence[str]) -> bool:
    """Run this Python with `argv` at the root of the checkout; whether it ended well."""
    return subprocess.run([sys.executable, *argv], cwd=CHECKOUT, check=False).returncode == 0


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def test(pytest_arguments: tuple[str, ...]) -> None:
    """Run format, lint, floors, types and tests; with PYTEST_ARGUMENTS, only the tests, with them.

    Tests that this machine cannot run are listed with their reasons; HEADWAY_TEST_ALL=1 makes each a failure.
    """
    if not (CHECKOUT / "tests").is_dir():
        raise click.ClickException("tests are run from a checkout, and this is none")
    if pytest_arguments:
        sys.exit(not run(["-m", "pytest", *pytest_arguments]))
    failed = [check for check in CHECKS if not _passes(check)]
    click.echo("── tests")
    tests_pass = run(TESTS)
    for check in failed:
        click.echo(f"{check.name} failed: {check.remedy}", err=True)
    sys.exit(bool(failed) or not tests_pass)


def _passes(check: Check) -> bool:
    click.echo(f"── {check.name}")
    return run(check.argv)
