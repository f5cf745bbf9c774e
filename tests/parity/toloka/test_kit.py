"""toloka-kit, unmodified, against a platform: the scenarios that show whether Toloka's dialect is Toloka's."""

import ast

import pytest

from tests.parity.toloka.conftest import HERE, Drive, Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
IN_PARTS = {"s30_ten_thousand", "s38_begin_a_batch", "s38_it_is_finished", "s40_everything_that_has_ended"}
SCENARIOS = [
    it.name
    for file in sorted(HERE.glob("scenarios_*.py"))
    for it in ast.parse(file.read_text()).body
    if isinstance(it, ast.FunctionDef) and it.name.startswith("s") and it.name[1:3].isdigit()
]


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name not in IN_PARTS])
def test_the_client_sees_what_it_knows(drive: Drive, name: str) -> None:
    drive(name)


def test_s30_ten_thousand_suites_are_taken_made_and_read_back(drive: Drive) -> None:
    seen = drive("s30_ten_thousand")
    assert seen["answered"] < 10, seen


def test_s38_a_batch_is_finished_by_the_next_process_neither_lost_nor_doubled(
    drive: Drive, site: Platform
) -> None:
    begun = drive("s38_begin_a_batch")
    site.kill()
    site.start()
    drive("s38_it_is_finished", **begun)


def test_s40_what_has_ended_is_the_same_after_a_restart(drive: Drive, site: Platform) -> None:
    before = drive("s40_everything_that_has_ended")
    site.kill()
    site.start()
    assert drive("s40_everything_that_has_ended") == before
