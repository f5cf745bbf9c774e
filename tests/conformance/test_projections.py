"""Whatever happens to an operation, every dialect tells it in its own order, and all agree on when it ended."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from headway import ids
from headway.clock import SECOND
from headway.dialects.headway import project as headway
from headway.dialects.scalingo import project as scalingo
from headway.dialects.toloka import project as toloka
from headway.dialects.workiva import project as workiva
from headway.model.operations import NEXT, Actor, Detail, Operation, Phase
from headway.model.pool_operations import PoolOperation
from headway.views.stories import Story
from tests.records import AT, an_operation

ORDERS: dict[str, Sequence[str]] = {
    "scalingo": ("pending", "running", "done error"),
    "toloka": ("PENDING", "RUNNING", "SUCCESS FAIL"),
    "workiva": ("acknowledged", "queued", "started", "completed failed cancelled"),
    "headway": ("accepted", "queued", "running", "succeeded failed cancelled"),
}
"""The words of each dialect, in the order in which they may come; the last ones are ends."""
REQUEST = "7bee78f7417b42bcace9e588c65d19bf"
BY = Actor(account_id=1, name="admin", dialect="workiva", request_id=REQUEST)
BACK: list[Phase] = [Phase.FAILED, Phase.CANCELLED]

moves = st.lists(
    st.tuples(
        st.sampled_from(["leap", "step", "again", "progress", "back", "cancel", "take over", "nothing"]),
        st.integers(0, 3 * SECOND),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    ),
    max_size=25,
)
ends = st.sampled_from([Phase.SUCCEEDED, *BACK])


def lived(first: Phase, happened: list[tuple[str, int, str]], end: Phase) -> list[Operation]:
    """The record after each thing that happened to it; the last ones are those of its end."""
    it = an_operation(phase=first, type="app.scale", started_at=None)
    found = [it]
    for what, passed, text in [*happened, *([("leap", 1, "the end")] * 3)]:
        it = moved(it, what, it.updated_at + passed, text, end)
        found.append(it)
    return [*found, it]


def moved(it: Operation, what: str, at: int, text: str, end: Phase) -> Operation:
    """One thing, if it can happen to it now."""
    if it.phase.terminal:
        return it
    if what == "cancel" and it.cancel_requested_at is None:
        return msgspec.structs.replace(it, cancel_requested_at=at, cancel_reason=text, updated_at=at)
    if what == "leap":
        return leapt(it, at, text, end)
    if it.phase is not Phase.RUNNING:
        return it
    match what:
        case "step":
            step = it.step - 1 if it.turning_back else it.step + 1
            return msgspec.structs.replace(it, step=step, attempt=1, updated_at=at)
        case "again":
            return msgspec.structs.replace(it, attempt=it.attempt + 1, updated_at=at)
        case "progress":
            return msgspec.structs.replace(it, progress=min(100, it.progress + 7), updated_at=at)
        case "back" if end in BACK:
            return msgspec.structs.replace(it, turning_back=True, detail=why(text), updated_at=at)
        case "take over":
            return msgspec.structs.replace(it, fence=it.fence + 1, owner=2, updated_at=at)
        case _:
            return it


def leapt(it: Operation, at: int, text: str, end: Phase) -> Operation:
    """It is in the next phase, its end where that is the next one."""
    next = {Phase.ACCEPTED: Phase.QUEUED, Phase.QUEUED: Phase.RUNNING}.get(it.phase, end)
    assert next in NEXT[it.phase]
    if not next.terminal:
        return msgspec.structs.replace(
            it, phase=next, started_at=at if next is Phase.RUNNING else None, updated_at=at
        )
    detail = None if next is Phase.SUCCEEDED else it.detail or why(text)
    return msgspec.structs.replace(it, phase=next, detail=detail, owner=None, updated_at=at, finished_at=at)


def why(text: str) -> Detail:
    return Detail(code="crashed-error", text=text or "no reason")


def told(it: Operation) -> dict[str, Any]:
    """What each dialect says of it, as JSON."""
    story = Story(operation=it, steps=[], summary="", events=[])
    made = {
        "scalingo": scalingo.operation(it, 5),
        "toloka": toloka.operation(PoolOperation(it, ids.show(it.id))),
        "workiva": workiva.operation(it, BY, 1, "http://h"),
        "headway": headway.story(story),
    }
    return {name: msgspec.json.decode(msgspec.json.encode(shape)) for name, shape in made.items()}


def word(name: str, said: dict[str, Any]) -> str:
    return said["phase" if name == "headway" else "status"]


def place(name: str, said: dict[str, Any]) -> int:
    """How far along its dialect's order it is."""
    return next(n for n, words in enumerate(ORDERS[name]) if word(name, said) in words.split())


def seconds(said: str) -> int:
    return int(datetime.fromisoformat(said).astimezone(UTC).timestamp())


@given(st.sampled_from([Phase.ACCEPTED, Phase.QUEUED]), moves, ends)
def test_every_dialect_goes_forward_only_and_stays_at_its_end(
    first: Phase, happened: list[tuple[str, int, str]], end: Phase
) -> None:
    history = [told(it) for it in lived(first, happened, end)]
    for name, order in ORDERS.items():
        said = [moment[name] for moment in history]
        places = [place(name, one) for one in said]
        assert places == sorted(places), name
        assert places[-1] == len(order) - 1
        whole = said[places.index(len(order) - 1) :]
        assert all(one == whole[0] for one in whole), name


@given(st.sampled_from([Phase.ACCEPTED, Phase.QUEUED]), moves, ends)
def test_all_agree_at_every_moment_on_whether_and_when_it_ended(
    first: Phase, happened: list[tuple[str, int, str]], end: Phase
) -> None:
    for it in lived(first, happened, end):
        said = told(it)
        ended = {name: place(name, said[name]) == len(order) - 1 for name, order in ORDERS.items()}
        assert set(ended.values()) == {it.phase.terminal}
        if it.finished_at is None:
            assert said["scalingo"]["finished_at"] is said["headway"]["finished_at"] is None
            continue
        at = it.finished_at // SECOND
        assert seconds(said["scalingo"]["finished_at"]) == at
        assert seconds(said["headway"]["finished_at"]) == at
        assert seconds(said["workiva"]["updated"]["dateTime"]) == at
        # Toloka's times say no zone.
        assert seconds(f"{said['toloka']['finished']}Z") == at


@given(st.sampled_from([Phase.ACCEPTED, Phase.QUEUED]), moves, ends)
def test_what_is_known_of_it_is_told_wherever_there_is_a_word_for_it(
    first: Phase, happened: list[tuple[str, int, str]], end: Phase
) -> None:
    for before, it in pairwise(lived(first, happened, end)):
        said = told(it)
        assert {said[name]["id"] for name in said} == {ids.show(it.id)}
        assert (
            seconds(said["scalingo"]["created_at"]) == seconds(said["headway"]["created_at"]) == AT // SECOND
        )
        assert seconds(said["workiva"]["created"]["dateTime"]) == AT // SECOND
        assert seconds(said["workiva"]["updated"]["dateTime"]) == seconds(said["headway"]["updated_at"])
        assert said["headway"]["progress"] == it.progress >= before.progress
        assert (said["headway"]["turning_back"], said["headway"]["attempt"]) == (it.turning_back, it.attempt)
        assert said["workiva"]["originalRequest"].replace("-", "") == REQUEST
        assert ("resourceUrl" in said["workiva"]) == (it.phase is Phase.SUCCEEDED)
        reason_is_told(it, said)


def reason_is_told(it: Operation, said: dict[str, Any]) -> None:
    if it.phase not in BACK:
        assert "details" not in said["workiva"]
        assert "error" not in said["scalingo"]
        return
    assert it.detail is not None
    (detail,) = said["workiva"]["details"]
    assert (detail["code"], detail["message"]) == (it.detail.code, it.detail.text)
    assert said["headway"]["detail"]["text"] == it.detail.text
    assert it.detail.text in said["scalingo"]["error"]
    assert said["toloka"]["details"]["message"] == it.detail.text
