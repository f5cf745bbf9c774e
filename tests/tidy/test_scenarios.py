"""What toloka-kit must be able to do here: each scenario has a test, and the table in the reference says which.

HEADWAY_REWRITE=1 writes the table anew.
"""

import ast
import os
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
KIT = TESTS / "parity" / "toloka"
PAGE = ROOT / "docs" / "reference" / "toloka.md"
TOLD = tomllib.loads((KIT / "scenarios.toml").read_text())
BEGIN, END = "<!-- every scenario: written by tests/tidy/test_scenarios.py -->\n", "<!-- end -->\n"
COUNT = 55


def lived() -> dict[int, list[str]]:
    """The functions that show each scenario, by its number."""
    found: dict[int, list[str]] = {}
    for file in sorted(KIT.glob("scenarios_*.py")):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef) and (number := re.match(r"s(\d\d)_", node.name)):
                found.setdefault(int(number[1]), []).append(node.name)
    return found


def also() -> dict[int, list[str]]:
    """What else shows it: `file::function`."""
    return {int(number): tests for number, tests in TOLD["also"].items()}


def table() -> str:
    """The table as it should stand in the reference."""
    shown, more = lived(), also()
    lines = ["| scenario | shown by |\n|---|---|\n"]
    for number, says in TOLD["scenario"].items():
        tests = [*shown.get(int(number), ()), *more.get(int(number), ())]
        lines.append(f"| {number}. {says} | {'<br>'.join(f'`{it}`' for it in tests)} |\n")
    return "".join(lines)


def test_every_scenario_is_named_and_shown() -> None:
    named = {int(number) for number in TOLD["scenario"]}
    assert named == set(range(1, COUNT + 1))
    assert named == set(lived()) | set(also())


def test_what_else_shows_a_scenario_is_there() -> None:
    for test in (test for tests in also().values() for test in tests):
        file, _, name = test.partition("::")
        assert re.search(rf"^(async )?def {name}\(", (TESTS / file).read_text(), re.MULTILINE), test


def test_the_table_of_every_scenario_is_the_one_in_the_reference() -> None:
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    there, _, after = rest.partition(END)
    if os.environ.get("HEADWAY_REWRITE"):
        PAGE.write_text(f"{before}{BEGIN}{table()}{END}{after}")
    else:
        assert there == table(), f"HEADWAY_REWRITE=1 writes {PAGE.relative_to(ROOT)} anew"
