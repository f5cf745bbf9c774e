"""What is not documented is not there: settings, verbs, operation types, events, refusals, changes, states."""

import importlib
import importlib.util
import inspect
import re
import tomllib
from pathlib import Path
from types import ModuleType

import click

from headway import errors
from headway.cli.main import main
from headway.config import Config, load
from headway.model.operations import Phase

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
SETTINGS = Config.__struct_fields__
EXAMPLE = ROOT / "config.example.toml"
FRAGMENT = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*\.(added|changed|fixed|removed|security)\.md$")


def headed(page: str) -> set[str]:
    """The names that a page of the reference explains: rows that begin with `name`, and headings with it."""
    text = (REFERENCE / page).read_text()
    return set(re.findall(r"^(?:\| |#+ )`([^`]+)`", text, re.MULTILINE))


def module(name: str) -> ModuleType | None:
    """The module, or None while it is not there."""
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def test_the_example_holds_every_setting_at_its_default() -> None:
    assert load(EXAMPLE, {}) == Config()
    missing = set(SETTINGS) - set(tomllib.loads(EXAMPLE.read_text()))
    assert not missing, f"write these in config.example.toml: {missing}"


def test_every_setting_in_the_example_has_a_comment_above_it() -> None:
    lines = EXAMPLE.read_text().splitlines()
    bare = [
        line
        for above, line in zip(["", *lines], lines, strict=False)
        if re.match(r"[a-z_]+ = ", line) and not above.startswith("# ")
    ]
    assert not bare, f"say above each what it does: {bare}"


def test_every_setting_is_in_the_reference() -> None:
    assert headed("settings.md") == set(SETTINGS), "docs/reference/settings.md has one row for each setting"


def test_every_verb_and_option_is_in_the_reference() -> None:
    text = (REFERENCE / "cli.md").read_text()
    missing = [said for said in verbs(main) if f"`{said}`" not in text]
    assert not missing, f"explain in docs/reference/cli.md: {missing}"


def verbs(group: click.Group, before: str = "") -> list[str]:
    """`up`, `up --data`, `token create`, …."""
    said: list[str] = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        options = [p.opts[-1] for p in command.params if isinstance(p, click.Option)]
        said += [f"{before}{name}", *(f"{option}" for option in options)]
        said += verbs(command, f"{before}{name} ") if isinstance(command, click.Group) else []
    return said


def test_every_refusal_is_in_the_reference() -> None:
    refusals = {
        name for name, it in inspect.getmembers(errors, inspect.isclass) if issubclass(it, errors.Refusal)
    }
    assert refusals <= headed("errors.md"), (
        f"explain in docs/reference/errors.md: {refusals - headed('errors.md')}"
    )


def test_every_operation_type_is_in_the_reference() -> None:
    catalog = module("headway.domain.catalog")
    types = set(catalog.CATALOG) if catalog else set[str]()
    assert types <= headed("operations.md"), (
        f"explain in docs/reference/operations.md: {types - headed('operations.md')}"
    )


def test_every_event_is_in_the_reference() -> None:
    said: set[str] = set()
    for file in (ROOT / "src").rglob("*.py"):
        text = file.read_text()
        said |= set(re.findall(r'NewEvent\([^)]*?name="([a-z_.]+)"', text))
        said |= {f"operation.{name}" for name in re.findall(r'_said\(\w+,\s+"(\w+)"', text)}
    said |= {f"operation.{phase.name.lower()}" for phase in Phase if phase.terminal}
    assert said <= headed("events.md"), f"explain in docs/reference/events.md: {said - headed('events.md')}"


def test_every_dialect_has_a_word_for_every_phase() -> None:
    for folder in (ROOT / "src" / "headway" / "dialects").iterdir():
        project = (
            module(f"headway.dialects.{folder.name}.project") if (folder / "project.py").exists() else None
        )
        words = getattr(project, "STATUS", None)
        assert words is None or set(words) == set(Phase), (
            f"{folder.name}: STATUS says nothing of {set(Phase) - set(words)}"
        )


def test_every_change_is_told_in_sentences_under_a_kind() -> None:
    for file in (ROOT / "changelog.d").iterdir():
        if file.name == "README.md":
            continue
        assert FRAGMENT.match(file.name), (
            f"{file.name}: call it what-it-is.added.md, or changed, fixed, removed, security"
        )
        text = file.read_text()
        assert text.endswith(".\n"), f"{file.name}: end with a full stop and a newline"
        assert not text.startswith(("#", "-", "*")), f"{file.name}: plain sentences, no heading, no list"


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "changelog.d").glob("*.md")]
    dead = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / link).exists()
    ]
    assert not dead, f"these links lead nowhere: {dead}"


def test_every_decision_is_listed() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    unlisted = [file.name for file in (ROOT / "docs" / "decisions").glob("*.md") if file.name not in text]
    assert not unlisted, f"name these at the end of ARCHITECTURE.md: {unlisted}"
