"""Codes that change every thirty seconds."""

import base64

import msgspec
import pytest

from headway.clock import SECOND
from headway.model.second_factors import (
    RECOVERY_CODES,
    SecondFactor,
    code_at,
    hash_of,
    new_recovery_codes,
    new_secret,
    step_of,
    step_shown,
    uri,
)

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_6238 = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}
"""Appendix B: the last six digits of each code for SHA-1."""
NOW = 1_700_000_010 * SECOND
FACTOR = SecondFactor(1, RFC_SECRET, 1, 0, ())


@pytest.mark.parametrize(("second", "code"), RFC_6238.items())
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    assert code_at(RFC_SECRET, step_of(second * SECOND)) == code


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_device_may_be_one_step_off(off: int) -> None:
    step = step_of(NOW) + off
    assert step_shown(FACTOR, code_at(RFC_SECRET, step), NOW) == step


@pytest.mark.parametrize("off", [-2, 2])
def test_a_device_may_not_be_two_steps_off(off: int) -> None:
    assert step_shown(FACTOR, code_at(RFC_SECRET, step_of(NOW) + off), NOW) is None


def test_a_code_that_was_taken_and_every_older_one_is_taken_no_more() -> None:
    used = msgspec.structs.replace(FACTOR, last_step=step_of(NOW))
    assert step_shown(used, code_at(RFC_SECRET, step_of(NOW)), NOW) is None
    assert step_shown(used, code_at(RFC_SECRET, step_of(NOW) - 1), NOW) is None
    assert step_shown(used, code_at(RFC_SECRET, step_of(NOW) + 1), NOW) == step_of(NOW) + 1


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "12345\n"])
def test_what_is_no_code_is_never_right(code: str) -> None:
    assert step_shown(FACTOR, code, NOW) is None


def test_secrets_and_recovery_codes_are_new_each_time() -> None:
    assert len({new_secret() for _ in range(3)}) == 3
    codes = new_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODES
    assert hash_of(f" {codes[0].upper()} ") == hash_of(codes[0])


def test_an_authenticator_reads_the_address() -> None:
    assert uri("ABC", "Headway", "carla") == (
        "otpauth://totp/Headway%3Acarla?secret=ABC&issuer=Headway&digits=6&period=30"
    )
