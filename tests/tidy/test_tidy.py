"""A test about the code: its sizes, its names, its mirror of tests, and SQL that nobody uses.

There is no list of exemptions. Each message says what to do.
"""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "headway"
TESTS = ROOT / "tests"
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
UNMIRRORED = {
    "conformance",
    "power",
    "parity",
    "journeys",
    "faults",
    "tidy",
    "upgrade",
    "simulation",
    "bench",
}
"""Folders of tests that are about more than one file."""
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "base", "core"}
ELSEWHERE = re.compile(r"(?<![\w.})])/" + "(work|root|home/[a-z]+)/")
"""Paths of one person's machine."""
PURE = re.compile(r"(_config|_spec|_pages)$|^(project|refuse|wire)$")
"""Files that decide and let others act."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(*folders: Path) -> list[Path]:
    """The files of ours in the folders."""
    return sorted(file for folder in folders for file in folder.rglob("*.py"))


def shown(file: Path) -> str:
    """Its path as people say it."""
    return str(file.relative_to(ROOT))


def report(faults: Iterable[str]) -> None:
    """Fail with every fault on a line of its own."""
    found = sorted(faults)
    assert not found, "\n" + "\n".join(found)


def docstring_lines(tree: ast.AST) -> set[int]:
    """Lines taken by strings that stand alone: docstrings, of attributes too."""
    alone = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
    return {line for node in alone for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def code_lines(text: str, tree: ast.AST) -> set[int]:
    """Lines with anything that is neither comment nor docstring."""
    nothing = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    lines = {line for t in tokens if t.type not in nothing for line in range(t.start[0], t.end[0] + 1)}
    return lines - docstring_lines(tree)


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function and method, however deep."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def size_faults(file: Path) -> Iterator[str]:
    """What is too large in a file."""
    text = file.read_text()
    tree = ast.parse(text)
    lines = code_lines(text, tree)
    if len(lines) > FILE_LINES_MAX:
        yield f"{shown(file)}: {len(lines)} lines of code; give one of its nouns a file of its own"
    for function in functions(tree):
        count = len(lines & set(range(function.lineno, (function.end_lineno or 0) + 1)))
        if count > FUNCTION_LINES_MAX:
            yield f"{shown(file)}:{function.lineno}: {function.name} has {count} lines of code; name its parts"


def test_every_file_and_every_function_is_small_enough_to_see() -> None:
    report(fault for file in python_files(SOURCE, TESTS, ROOT / "bench") for fault in size_faults(file))


@pytest.mark.parametrize("kind", ["css", "html", "js", "sql"])
def test_so_is_every_file_in_another_language(kind: str) -> None:
    lengths = {file: len(file.read_text().splitlines()) for file in SOURCE.rglob(f"*.{kind}")}
    assert lengths
    report(f"{shown(it)}: {n} lines" for it, n in lengths.items() if n > FILE_LINES_MAX)


def only_promises(statement: ast.stmt) -> bool:
    """A docstring, `...`, or keeping what one is told: `self.name = name` and the call of the parent's `__init__`."""
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"))], value=ast.Name()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super"))))):
            return True
        case _:
            return False


def has_logic(file: Path) -> bool:
    """Whether there is anything to test: ports and plain records only promise."""
    return not all(
        only_promises(line) for function in functions(ast.parse(file.read_text())) for line in function.body
    )


def module_of(file: Path) -> str:
    """`headway.store.sqlite`."""
    return ".".join(file.relative_to(SOURCE.parent).with_suffix("").parts)


def imported_by(files: Iterable[Path]) -> set[str]:
    """Every module, and every name in one, that the files import."""
    names: set[str] = set()
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text()))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_every_file_with_logic_has_a_test_file_of_its_name_or_a_conformance_suite() -> None:
    suites = imported_by((TESTS / "conformance").rglob("test_*.py"))
    report(
        f"{shown(file)}: write {shown(mirror)}, or import it in a suite in tests/conformance/"
        for file in python_files(SOURCE)
        if not file.stem.startswith("__") and has_logic(file) and module_of(file) not in suites
        for mirror in [TESTS / file.relative_to(SOURCE).parent / f"test_{file.name}"]
        if not mirror.exists()
    )


def test_every_test_file_has_a_file_of_its_name() -> None:
    for_one = (
        file for file in TESTS.rglob("test_*.py") if file.relative_to(TESTS).parts[0] not in UNMIRRORED
    )
    report(
        f"{shown(file)}: there is no {shown(source)}; rename the test, or move it to tests/journeys/"
        for file in for_one
        for source in [SOURCE / file.relative_to(TESTS).parent / file.name.removeprefix("test_")]
        if not source.exists()
    )


def test_no_file_has_a_name_that_says_nothing() -> None:
    report(
        f"{shown(file)}: name it after what is in it"
        for file in python_files(SOURCE, TESTS)
        if file.stem in VAGUE or file.parent.name in VAGUE
    )


def test_files_that_decide_do_not_act() -> None:
    report(
        f"{shown(file)}:{node.lineno}: {file.stem} is pure; await in the file that carries it out"
        for file in python_files(SOURCE)
        if PURE.search(file.stem)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith))
    )


def sheets() -> dict[str, set[str]]:
    """The statements that each sheet defines, by noun."""
    return {
        file.stem: set(re.findall(r"^-- name: (\w+)$", file.read_text(), re.MULTILINE))
        for file in (SOURCE / "store" / "sql").glob("*.sql")
    }


def opened_sheets(tree: ast.AST) -> set[str]:
    """The nouns whose sheets a module opens: `sheet("apps")`."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) == 1)
    return {
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == "sheet"
        and isinstance(call.args[0], ast.Constant)
    }


def strings(tree: ast.AST) -> set[str]:
    """Every string constant."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def statements_taken(tree: ast.AST) -> set[str]:
    """The names in `SQL["…"]`."""
    taken = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name)
    )
    return {
        str(node.slice.value)
        for node in taken
        if isinstance(node.value, ast.Name)
        and node.value.id == "SQL"
        and isinstance(node.slice, ast.Constant)
    }


def test_every_statement_is_used() -> None:
    unused = {f"{noun}.{name}" for noun, names in sheets().items() for name in names}
    for file in python_files(SOURCE):
        tree = ast.parse(file.read_text())
        unused -= {f"{noun}.{name}" for noun in opened_sheets(tree) for name in strings(tree)}
    report(f"store/sql: nobody uses the statement {name}; delete it" for name in unused)


def test_every_statement_that_is_used_is_defined() -> None:
    defined = sheets()
    report(
        f"{shown(file)}: {name} is in none of the sheets that it opens; write it in store/sql/"
        for file in python_files(SOURCE)
        for tree in [ast.parse(file.read_text())]
        for name in statements_taken(tree)
        if not any(name in defined.get(noun, set()) for noun in opened_sheets(tree))
    )


def tracked_texts() -> Iterator[tuple[Path, str]]:
    """Every text file that git knows or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for file in (ROOT / name for name in listed.stdout.split("\0") if name):
        if file.is_file() and not file.is_symlink() and b"\0" not in (content := file.read_bytes()):
            yield file, content.decode(errors="replace")


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so it is not known which files are ours")
    report(
        f"{shown(file)}: names {found[0]}; say it relative to the checkout"
        for file, text in tracked_texts()
        if (found := ELSEWHERE.search(text))
    )
