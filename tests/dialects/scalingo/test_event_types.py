"""Every event that is about an app or an account has a word in Scalingo's dialect."""

import re
from pathlib import Path

from headway.dialects.scalingo.event_types import CATEGORIES, KINDS, TYPES

SOURCE = Path(__file__).parents[3] / "src" / "headway" / "domain"
OURS = {name.partition(".")[0] for name in TYPES}


def test_whatever_our_commands_say_has_a_word_here() -> None:
    said: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        text = file.read_text()
        said |= set(re.findall(r'NewEvent\([^)]*?name="([a-z_.]+)"', text))
        said |= set(re.findall(r'_(?:say|event)\([^)]*?"([a-z_]+\.[a-z_]+)"', text))
    missing = {name for name in said if name.partition(".")[0] in OURS} - set(TYPES)
    assert not missing, f"say in dialects/scalingo/event_types.py what these are called: {missing}"
    assert {"app.scaled", "app.deployed", "token.created"} <= said


def test_every_word_is_explained_and_filed() -> None:
    assert set(TYPES.values()) <= set(KINDS)
    assert {kind.category for kind in KINDS.values()} == set(CATEGORIES)
