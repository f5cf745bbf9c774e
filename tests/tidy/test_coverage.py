"""Scalingo's documents name endpoints: each has a route, and a test that shows it, and both stand in the reference.

A test says what it shows: `@pytest.mark.shows("POST /v1/apps/:app/scale")`. HEADWAY_REWRITE=1 writes the table anew.
"""

import ast
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from headway.dialects.scalingo.dialect import SCALINGO
from headway.errors import Refusal
from headway.web.routes import Tree

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
RECORDED = TESTS / "parity" / "scalingo" / "recorded"
PAGE = ROOT / "docs" / "reference" / "scalingo.md"
ENDPOINTS = tomllib.loads((RECORDED / "endpoints.toml").read_text())["endpoint"]
BEGIN, END = "<!-- every endpoint: written by tests/tidy/test_coverage.py -->\n", "<!-- end -->\n"
CRASHES = 31
"""So many are known."""


def marked() -> Iterator[tuple[str, str]]:
    """What is shown, and by which test: as the tests are marked."""
    for file in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for shown in (shown for mark in node.decorator_list for shown in _shown(mark)):
                    yield shown, f"{file.relative_to(TESTS)}: {node.name}"


def _shown(mark: ast.expr) -> list[str]:
    """The arguments of `pytest.mark.shows(…)`."""
    if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == "shows":
        return [str(ast.literal_eval(one)) for one in mark.args]
    return []


def recorded() -> Iterator[tuple[str, str]]:
    """What the recorded examples show: they are all sent by one test."""
    for file in sorted(RECORDED.glob("*.toml")):
        for example in tomllib.loads(file.read_text()).get("example", ()):
            yield example["shows"], f"recorded/{file.name}: {example['name']}"


def shown_by() -> dict[str, list[str]]:
    """The tests of each request."""
    found: dict[str, list[str]] = {}
    for request, test in (*recorded(), *marked()):
        found.setdefault(request, []).append(test)
    return found


def table() -> str:
    """The table as it should stand in the reference."""
    tests = shown_by()
    lines = ["| request | from | shown by |\n|---|---|---|\n"]
    for one in ENDPOINTS:
        shown = "<br>".join(f"`{test}`" for test in tests.get(one["request"], ["nothing yet"]))
        lines.append(f"| `{one['request']}` | {one['from']} | {shown} |\n")
    return "".join(lines)


def test_the_table_of_every_endpoint_is_the_one_in_the_reference() -> None:
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    there, _, after = rest.partition(END)
    if os.environ.get("HEADWAY_REWRITE"):
        PAGE.write_text(f"{before}{BEGIN}{table()}{END}{after}")
    else:
        assert there == table(), f"HEADWAY_REWRITE=1 writes {PAGE.relative_to(ROOT)} anew"


def test_no_test_shows_what_is_in_no_document() -> None:
    unknown = set(shown_by()) - {one["request"] for one in ENDPOINTS}
    assert not unknown, f"write these in {RECORDED.name}/endpoints.toml: {sorted(unknown)}"


def test_every_endpoint_has_a_route_and_a_test() -> None:
    tests, tree = shown_by(), Tree(SCALINGO.routes)
    missing = [f"{one['request']}: no test shows it" for one in ENDPOINTS if one["request"] not in tests]
    missing += [f"{one['request']}: no route answers it" for one in ENDPOINTS if not routed(tree, one)]
    assert not missing, "\n".join(["", *missing])


def test_every_quirk_of_the_clients_has_its_test() -> None:
    quirks = tomllib.loads((RECORDED / "quirks.toml").read_text())["quirk"]
    missing = [f"{one['name']}: there is no {one['test']}" for one in quirks if not is_there(one["test"])]
    missing += [
        f"crash {n}" for n in range(1, CRASHES + 1) if f"crash {n}" not in {it["name"] for it in quirks}
    ]
    assert not missing, "\n".join(["", *missing])


def is_there(test: str) -> bool:
    """Whether there is a function of that name in that file."""
    file, _, name = test.partition("::")
    text = (ROOT / file).read_text() if (ROOT / file).exists() else ""
    return re.search(rf"^(async )?def {name}\(", text, re.MULTILINE) is not None


def routed(tree: Tree, endpoint: dict[str, str]) -> bool:
    """Whether the dialect answers it; what is no HTTP of ours need not be answered there."""
    method, _, path = endpoint.get("at", endpoint["request"]).partition(" ")
    try:
        return not path or bool(tree.find(method, re.sub(r":\w+", "1", path)))
    except Refusal:
        return False
