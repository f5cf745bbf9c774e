"""What is collected is told once, and nothing is missing."""

from headway.model.operations import NewEvent
from headway.store.database import Touched
from headway.store.sheets import sheet
from headway.store.touches import Touches


def test_what_only_reads_touches_nothing() -> None:
    touches = Touches()
    touches.by(sheet("operations")["get"], {"id": 1})
    touches.by(sheet("apps")["by_name"], {"name": "a"})
    assert touches.told() == Touched()


def test_a_statement_touches_its_operation_or_its_noun() -> None:
    touches = Touches()
    touches.by(sheet("operations")["delete"], {"id": 7})
    touches.by(sheet("apps")["released"], {"id": 8})
    assert touches.told() == Touched(frozenset({7}), nouns=frozenset({"apps"}))


def test_an_event_touches_its_operation() -> None:
    touches = Touches()
    touches.at([NewEvent(at=1, name="a", operation=3), NewEvent(at=1, name="b")])
    assert touches.told() == Touched(frozenset({3}))


def test_an_event_that_ends_an_operation_says_so() -> None:
    touches = Touches()
    touches.at([NewEvent(at=1, name="operation.failed", operation=3), NewEvent(at=1, name="b", operation=4)])
    assert touches.told() == Touched(frozenset({3, 4}), frozenset({3}))


def test_what_was_told_is_not_told_again() -> None:
    touches = Touches()
    touches.add(Touched(frozenset({1}), frozenset({1}), frozenset({"apps"})))
    touches.add(Touched(frozenset({2})))
    assert touches.told() == Touched(frozenset({1, 2}), frozenset({1}), frozenset({"apps"}))
    assert touches.told() == Touched()
