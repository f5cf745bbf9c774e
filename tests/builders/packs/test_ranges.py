"""Ranges of versions as package.json writes them."""

import pytest

from headway.builders.packs.ranges import allows


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("*", True),
        ("x", True),
        ("20", True),
        ("20.x", True),
        ("20.5.x", True),
        ("20.5.1", True),
        ("=20.5.1", True),
        ("v20.5.1", True),
        (">=18", True),
        (">= 18.0.0", True),
        (">=18 <21", True),
        (">=18, <21", True),
        ("^20.1", True),
        ("^20.5.2", False),
        ("~20.5.0", True),
        ("~20.4", False),
        ("~20", True),
        ("18 || 20", True),
        ("18||22", False),
        ("18 - 20", True),
        ("18 - 20.4", False),
        (">20", False),
        (">20.5", False),
        (">20.5.0", True),
        ("<=20", True),
        ("<20", False),
        ("<20.5.1", False),
        ("<=20.5.1", True),
        ("lts/*", None),
        ("latest", None),
        ("latest || 20", True),
        (">=18 nonsense", None),
        ("20.5.1-rc.1", True),
    ],
)
def test_a_range_takes_what_npm_would_take(text, allowed):
    assert allows(text, (20, 5, 1)) is allowed


@pytest.mark.parametrize(
    ("text", "allowed"), [("^0.2.3", True), ("^0.3", False), ("^0", True), ("^0.0.3", False)]
)
def test_a_caret_holds_the_first_number_that_is_not_zero(text, allowed):
    assert allows(text, (0, 2, 4)) is allowed
