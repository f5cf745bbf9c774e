"""Accounts from the command line. Nothing runs meanwhile: `test_token.py` shows that it may."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from headway.cli.account import account
from headway.clock import SystemClock
from headway.config import Config
from headway.domain.accounts.ensure_admin import FILE
from headway.model.second_factors import code_at, step_of

PASSWORD = "correct horse battery"
DEVICE = "GEZDGNBVGY3TQOJQ"
pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


class Device(io.BytesIO):
    """Somebody who reads off what their device shows, when they are asked."""

    def read1(self, size: int | None = -1, /) -> bytes:
        if not self.getvalue():
            self.write(code_at(DEVICE, step_of(SystemClock().now())).encode() + b"\n")
            self.seek(0)
        return super().read1(size)


def run(folder: Path, *argv: str, said: str = "") -> Result:
    return CliRunner().invoke(account, [*argv, "--data", str(folder)], input=said)


def test_the_first_account_is_the_admins_whoever_is_made_first(folder: Path) -> None:
    made = run(folder, "create", "carla", "--email", "carla@example.com", "--with-password", said=PASSWORD)
    assert (made.exit_code, made.output) == (0, "made the account carla\n")
    assert (folder / FILE).is_file()
    listed = run(folder, "list").output.splitlines()
    domain = Config().domain
    assert listed == [f"admin\tadmin@{domain}\t-", "carla\tcarla@example.com\t-"]


def test_a_password_comes_from_standard_input_and_is_not_shown(folder: Path) -> None:
    run(folder, "create", "carla", "--email", "carla@example.com")
    assert run(folder, "password", "carla", said="short\n").exit_code == 1
    done = run(folder, "password", "carla", said=f"{PASSWORD}\n")
    assert done.exit_code == 0
    assert PASSWORD not in done.output


def test_who_does_not_pay_is_listed_so(folder: Path) -> None:
    run(folder, "create", "carla", "--email", "carla@example.com")
    assert run(folder, "payment", "carla", "missing").exit_code == 0
    assert run(folder, "list").output.endswith("carla@example.com\tfree use only\n")
    assert run(folder, "payment", "carla", "defined").exit_code == 0
    assert run(folder, "list").output.endswith("carla@example.com\t-\n")


def test_a_second_factor_is_confirmed_by_a_code_and_taken_away(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder, "create", "carla", "--email", "carla@example.com")
    monkeypatch.setattr("headway.domain.accounts.enrol_factor.new_secret", lambda: DEVICE)
    done = CliRunner().invoke(account, ["factor", "carla", "--data", str(folder)], input=Device())
    assert done.exit_code == 0, done.output
    assert "otpauth://totp/Headway%3Acarla" in done.output
    assert "recovery_codes" not in done.output
    assert run(folder, "factor", "carla", "--off").exit_code == 0
    assert run(folder, "factor", "carla", "--off").exit_code == 1


def test_scripts_are_told_the_account_as_it_is_now(folder: Path) -> None:
    made = as_json(folder, "create", "carla", "--email", "carla@example.com")
    assert {"id", "created_at"} < set(made)
    assert (made["name"], made["email"], made["payment_defined"]) == ("carla", "carla@example.com", True)
    poor = as_json(folder, "payment", "carla", "missing")
    assert poor == made | {"payment_defined": False}
    assert as_json(folder, "password", "carla", said=f"{PASSWORD}\n") == poor
    assert as_json(folder, "list")[1:] == [poor]


def test_scripts_are_told_the_address_of_a_second_factor_and_then_the_recovery_codes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = as_json(folder, "create", "carla", "--email", "carla@example.com")
    monkeypatch.setattr("headway.domain.accounts.enrol_factor.new_secret", lambda: DEVICE)
    argv = ["factor", "carla", "--json", "--data", str(folder)]
    done = CliRunner().invoke(account, argv, input=Device())
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["name"], DEVICE in first["address"]) == ("carla", True)
    assert (second["name"], len(second["recovery_codes"])) == ("carla", 10)
    assert as_json(folder, "factor", "carla", "--off") == made


def as_json(folder: Path, *argv: str, said: str = "") -> Any:
    done = run(folder, *argv, "--json", said=said)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize("argv", [("password", "nobody"), ("payment", "nobody", "missing")])
def test_an_account_that_is_not_there_is_named(folder: Path, argv: tuple[str, ...]) -> None:
    done = run(folder, *argv, said=PASSWORD)
    assert (done.exit_code, "nobody" in done.output) == (1, True)


def test_where_there_is_no_platform_it_says_so(tmp_path: Path) -> None:
    done = run(tmp_path / "nothing", "list")
    assert (done.exit_code, "there is no platform in" in done.output) == (1, True)
